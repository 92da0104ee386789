import { randomUUID } from 'node:crypto'

import type pg from 'pg'

import type { LogEntry } from '../worker/log-reader.ts'

/** What is known of a request, or of a message that cannot be read. Nothing that a patient wrote is in it. */
export type Fault = { requestId: string; error: string } | { bytes: number }

/** Puts word of what could not be decided into the outbox, on its way to the dead-letter stream. */
export async function recordDeadLetter(
  client: pg.ClientBase,
  { partition, seq }: LogEntry,
  fault: Fault,
): Promise<void> {
  const id = randomUUID()
  const letter = JSON.stringify({ consumer: 'booking-worker', partition, seq, ...fault })
  await client.query('INSERT INTO outbox (event_id, subject, event) VALUES ($1, $2, $3)', [
    id,
    'dead-letter.booking-worker',
    letter,
  ])
}
