import { setTimeout as delay } from 'node:timers/promises'

import type pg from 'pg'

import { isRetryable, isSilent } from './errors.ts'

export interface TransactionOptions {
  /** Most times the whole transaction is run; default 5. */
  attempts?: number
  /** Milliseconds to wait before attempt n (from 2); jittered by default so that two losers do not meet again. */
  backoffMs?: (attempt: number) => number
}

const jittered = (attempt: number) => Math.random() * 10 * 2 ** attempt

/**
 * Runs the work in one READ COMMITTED transaction and commits. Serialization failures and deadlocks run all of it
 * again, so the work must have no effect outside the database. Every other error rolls back and is thrown.
 */
export async function withTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  return withRetries(() => once(pool, work), options)
}

/** The same for what is one statement. */
export async function withRetries<T>(
  work: () => Promise<T>,
  { attempts = 5, backoffMs = jittered }: TransactionOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (!isRetryable(error) || attempt >= attempts) throw error
      await delay(backoffMs(attempt))
    }
  }
}

async function once<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  const onError = (error: Error) => void (broken = error)
  client.on('error', onError)
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    // Nobody would answer, and the session ends with its connection.
    if (isSilent(error)) broken = error as Error
    else await rollBack(client).catch((failure: unknown) => (broken = asError(failure)))
    throw error
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}

async function rollBack(client: pg.PoolClient): Promise<void> {
  await client.query('ROLLBACK')
}

const asError = (failure: unknown) => (failure instanceof Error ? failure : new Error('rollback failed'))
