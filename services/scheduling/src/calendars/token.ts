import { createHash, randomBytes } from 'node:crypto'

const SHAPE = /^[A-Za-z0-9_-]{43}$/

/** A secret of 256 random bits, in base64url. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** True for what may be a token. */
export function isToken(text: string): boolean {
  return SHAPE.test(text)
}

/** What is kept of a token. It has the entropy of a key, so no slow hash is needed. */
export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
