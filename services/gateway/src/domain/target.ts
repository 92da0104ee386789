import { ownerOf, type PathRule } from '@medqueue/contracts'

/** Where a request goes; the path and query are passed on as they came. */
export interface Target {
  rule: PathRule
  /** Path and query, exactly as the client wrote them. */
  path: string
}

/** Longest path and query that is passed on. */
const MAX_LENGTH = 4_096

/** Two readers of one of these could understand different paths: `..`, `//`, backslashes, encoded separators, controls. */
const AMBIGUOUS = /\/\/|\\|%2f|%5c|%00|\/(\.|%2e){1,2}(\/|$)|[^\x21-\x7e]/i

/**
 * The service that owns a request target, or undefined when none does or when the target could be read in two ways: a
 * filter that reads a path otherwise than the service behind it is no filter.
 */
export function targetOf(url: string): Target | undefined {
  if (url.length > MAX_LENGTH) return undefined
  const pathname = url.split('?', 1)[0] ?? ''
  if (AMBIGUOUS.test(pathname)) return undefined
  const rule = ownerOf(pathname)
  return rule === undefined || rule.service === 'gateway' ? undefined : { rule, path: url }
}
