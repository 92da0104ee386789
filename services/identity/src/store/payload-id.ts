import { hash } from 'node:crypto'

/** What is stored in place of an id that is a secret. The ids have 256 random bits, so no salt is needed. */
export function idHash(id: string): Buffer {
  return hash('sha256', id, 'buffer')
}
