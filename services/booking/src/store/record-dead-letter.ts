import { randomUUID } from 'node:crypto'

import type pg from 'pg'

import type { LogEntry } from '../worker/log-reader.ts'

/** Puts a copy of what could not be decided into the outbox, on its way to the dead-letter stream. */
export async function recordDeadLetter(
  client: pg.ClientBase,
  { partition, seq }: LogEntry,
  payload: string,
): Promise<void> {
  const id = randomUUID()
  const letter = JSON.stringify({ consumer: 'booking-worker', partition, seq, payload })
  await client.query('INSERT INTO outbox (event_id, subject, event) VALUES ($1, $2, $3)', [
    id,
    'dead-letter.booking-worker',
    letter,
  ])
}
