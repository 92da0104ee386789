import { hash } from 'node:crypto'

/** What If-Match asks for: any row there is, or one of these versions. */
export type Expected = 'any' | readonly number[]

const TAG = /^(?:W\/)?"(\d{1,9})(?:-[0-9a-f]+)?"$/

/** Entity tag of a representation: the row's version, then a digest, because names of other rows are shown in it. */
export function entityTag(version: number, body: string): string {
  return `"${version}-${digest(body)}"`
}

/** Entity tag of a list. */
export function listTag(body: string): string {
  return `W/"${digest(body)}"`
}

function digest(body: string): string {
  return hash('sha256', body).slice(0, 16)
}

/**
 * The versions named by an If-Match header; undefined when it is malformed. A weak mark is let pass: a proxy that
 * compresses adds it, and the version within names the row's state exactly.
 */
export function parseIfMatch(header: string): Expected | undefined {
  if (header.trim() === '*') return 'any'
  const versions = header.split(',').map((tag) => Number(TAG.exec(tag.trim())?.[1] ?? Number.NaN))
  return versions.every((version) => Number.isSafeInteger(version)) ? versions : undefined
}

/** True when an If-None-Match header names this tag, so that the caller's copy is still good. */
export function isFresh(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  const opaque = (value: string) => value.trim().replace(/^W\//, '')
  return header.trim() === '*' || header.split(',').some((candidate) => opaque(candidate) === opaque(tag))
}
