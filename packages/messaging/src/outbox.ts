import type pg from 'pg'

import type { EventEnvelope } from '@medqueue/contracts'

export interface OutgoingEvent {
  /** Subject without the installation's prefix, such as `directory.doctor.<id>`. */
  subject: string
  event: EventEnvelope
}

/** Writes events in the caller's transaction and wakes the relay when it commits. */
export async function appendEvents(client: pg.ClientBase, events: readonly OutgoingEvent[]): Promise<void> {
  if (events.length === 0) return
  await client.query(
    `WITH added AS (
       INSERT INTO outbox (event_id, subject, event)
       SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]))
     SELECT pg_notify('outbox', '')`,
    [
      events.map(({ event }) => event.id),
      events.map(({ subject }) => subject),
      events.map(({ event }) => JSON.stringify(event)),
    ],
  )
}
