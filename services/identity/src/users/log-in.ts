import type pg from 'pg'

import { withTransaction } from '@medqueue/database'

import { GateFullError } from '../crypto/gate.ts'
import type { Passwords } from '../crypto/passwords.ts'
import type { Vault } from '../crypto/vault.ts'
import { ACCOUNT_POLICY, type BackoffPolicy, PAIR_POLICY, waitMs, withTry } from '../domain/backoff.ts'
import { foldEmail } from '../domain/email.ts'
import { findCredential } from '../store/find-credential.ts'
import { forgetTries } from '../store/forget-tries.ts'
import { lockTries } from '../store/lock-tries.ts'
import type { Queryable } from '../store/queryable.ts'
import { reduceTries } from '../store/reduce-tries.ts'
import { saveTries } from '../store/save-tries.ts'
import type { Lanes } from './lanes.ts'

export interface LogInContext {
  pool: pg.Pool
  vault: Vault
  passwords: Passwords
  lanes: Lanes
  now: () => Date
}

export interface LogInRequest {
  email: string
  password: string
  /** The caller's address. */
  ip: string
}

export type LogInOutcome =
  | { kind: 'in'; userId: string }
  | { kind: 'wrong' }
  /** Too many wrong tries; whole seconds until the next one is looked at. */
  | { kind: 'wait'; seconds: number }
  /** Too many people log in at once. */
  | { kind: 'busy' }

interface Limit {
  key: Buffer
  policy: BackoffPolicy
}

/**
 * Checks an e-mail and password. An unknown or inactive account is answered as a wrong password is, after the same
 * work. The try is counted before the password is looked at, so tries made at once are limited like those in turn; and
 * tries of one person at one replica are looked at in turn, so that right ones made at once do not limit each other.
 */
export async function logIn(context: LogInContext, request: LogInRequest): Promise<LogInOutcome> {
  const folded = foldEmail(request.email)
  const [pair, account] = limitsOf(context, folded, request.ip)
  try {
    return await context.lanes.run(pair.key.toString('hex'), async () => {
      const wait = await withTransaction(context.pool, (client) =>
        countTry(client, [pair, account], context.now()),
      )
      if (wait > 0) return { kind: 'wait', seconds: Math.ceil(wait / 1_000) }
      return check(context, { email: folded, password: request.password, pair, account })
    })
  } catch (error) {
    if (error instanceof GateFullError) return { kind: 'busy' }
    throw error
  }
}

interface CountedTry {
  email: string
  password: string
  pair: Limit
  account: Limit
}

async function check({ pool, passwords }: LogInContext, tried: CountedTry): Promise<LogInOutcome> {
  const { email, password, pair, account } = tried
  const credential = await findCredential(pool, email)
  const right = await passwords.verify(credential?.passwordHash, password).catch(async (error: unknown) => {
    // Not looked at, so not wrong.
    await reduceTries(pool, [pair.key, account.key])
    throw error
  })
  if (!right || credential === undefined) return { kind: 'wrong' }
  await forgetTries(pool, pair.key)
  await reduceTries(pool, [account.key])
  return { kind: 'in', userId: credential.userId }
}

function limitsOf({ vault }: LogInContext, email: string, ip: string): [Limit, Limit] {
  return [
    { key: vault.mark('log-in from address', `${ip} ${email}`), policy: PAIR_POLICY },
    { key: vault.mark('log-in', email), policy: ACCOUNT_POLICY },
  ]
}

/** Milliseconds to wait, and then nothing is counted; or 0, and one try is counted under each key. */
async function countTry(db: Queryable, limits: readonly Limit[], now: Date): Promise<number> {
  const known = []
  for (const limit of limits) known.push({ ...limit, tries: await lockTries(db, limit.key) })
  const wait = Math.max(...known.map(({ tries, policy }) => waitMs(tries, now, policy)))
  if (wait > 0) return wait
  for (const { key, tries, policy } of known) await saveTries(db, key, withTry(tries, now, policy))
  return 0
}
