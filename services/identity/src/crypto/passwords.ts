import { hash, verify } from '@node-rs/argon2'

import { normalisePassword } from '../domain/password-rules.ts'
import { createGate } from './gate.ts'

/** OWASP's first choice: 19 MiB, two passes, one lane. The library's algorithm is argon2id unless told otherwise. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** The hash of 32 random bytes that nobody kept: checked when there is no account, so that both answers take as long. */
const NOBODY =
  '$argon2id$v=19$m=19456,t=2,p=1$MvlI57Va7RLjeHqKJZf3pg$i/qBFZz2bvfc8IalPjoy6T9ZC/6DDw5DqSVGsPKX1oE'

export interface Passwords {
  /** Argon2id in PHC form. Rejects with GateFullError when too many wait. */
  hash: (password: string) => Promise<string>
  /** False for a wrong password and for an unknown account, in the same time. Rejects with GateFullError. */
  verify: (stored: string | undefined, password: string) => Promise<boolean>
}

/** Hashing takes a core for tens of milliseconds and 19 MiB, so only so many run at once and only so many wait. */
export function createPasswords(limits: { concurrency: number; queue: number }): Passwords {
  const gate = createGate(limits)
  return {
    hash: (password) => gate.run(() => hash(normalisePassword(password), COST)),
    verify: (stored, password) =>
      gate.run(async () => {
        const matches = await verify(stored ?? NOBODY, normalisePassword(password))
        return matches && stored !== undefined
      }),
  }
}
