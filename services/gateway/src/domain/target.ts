import type { Owners, Route } from './route.ts'

/** Where a request goes; the path and query are passed on as they came. */
export interface Target {
  route: Route
  /** Path and query, exactly as the client wrote them. */
  path: string
}

/** Longest path and query that is passed on; characters. */
export const LONGEST_TARGET = 4_096

/** Two readers of one of these could understand different paths: `..`, `//`, backslashes, encoded separators, controls. */
const AMBIGUOUS = /\/\/|\\|%2f|%5c|%00|\/(\.|%2e){1,2}(\/|$)|[^\x21-\x7e]/i

/**
 * The service that owns a request target, or undefined when none does or when the target could be read in two ways: a
 * filter that reads a path otherwise than the service behind it is no filter.
 */
export function targetOf(url: string, ownerOf: Owners): Target | undefined {
  if (url.length > LONGEST_TARGET) return undefined
  const pathname = url.split('?', 1)[0] ?? ''
  if (AMBIGUOUS.test(pathname)) return undefined
  const route = ownerOf(pathname)
  return route === undefined || route.service === 'gateway' ? undefined : { route, path: url }
}
