import type pg from 'pg'

import { found, type Found } from './found.ts'

const TIME = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

/**
 * Requests of the present stream that were decided before the one ahead of them in their partition. Decisions of
 * earlier streams, told by the time the stream was made, are left out: their sequences start over.
 */
export async function findDecidedOutOfOrder(client: pg.ClientBase, streamCreatedAt: string): Promise<Found> {
  return found(
    client,
    `WITH ordered AS (
       SELECT id, partition, stream_seq, batch_pos, decided_at,
         lag(id) OVER place AS ahead, lag(decided_at) OVER place AS ahead_decided_at
       FROM booking_request WHERE decided_at >= $1
       WINDOW place AS (PARTITION BY partition ORDER BY stream_seq, batch_pos)
     )
     SELECT count(*) OVER ()::int AS total, partition::int, stream_seq::float8 AS seq, batch_pos AS position,
       id AS request, ${TIME('decided_at')} AS "decidedAt", ahead, ${TIME('ahead_decided_at')} AS "aheadDecidedAt"
     FROM ordered WHERE decided_at < ahead_decided_at ORDER BY partition, stream_seq LIMIT 10`,
    [streamCreatedAt],
  )
}

/** Two requests of the present stream in one place: one of them was never in the queue there. */
export async function findSharedPlaces(client: pg.ClientBase, streamCreatedAt: string): Promise<Found> {
  return found(
    client,
    `SELECT count(*) OVER ()::int AS total, partition::int, stream_seq::float8 AS seq, batch_pos AS position,
       min(id::text) AS request, max(id::text) AS other
     FROM booking_request WHERE decided_at >= $1
     GROUP BY partition, stream_seq, batch_pos HAVING count(*) > 1 LIMIT 10`,
    [streamCreatedAt],
  )
}

/** Decisions beyond the committed sequence: effect and offset did not commit together, or the offset went back. */
export async function findBeyondCommitted(client: pg.ClientBase, streamCreatedAt: string): Promise<Found> {
  return found(
    client,
    `SELECT count(*) OVER ()::int AS total, r.partition::int, r.stream_seq::float8 AS seq,
       l.committed_seq::float8 AS committed, r.id AS request
     FROM booking_request r LEFT JOIN partition_lease l ON l.partition = r.partition
     WHERE r.decided_at >= $1 AND r.stream_seq > coalesce(l.committed_seq, 0)
     ORDER BY r.partition, r.stream_seq LIMIT 10`,
    [streamCreatedAt],
  )
}
