import type pg from 'pg'

import type { Example } from '../findings.ts'

export interface DoubleBookings {
  /** Active appointments that begin before an earlier one of the same owner has ended. */
  count: number
  /** Some of them, each with one that it overlaps. */
  pairs: { id: string; other: string; example: Example }[]
}

/** The seats of a group visit share the time of its doctor, room and device: one of them stands for all. */
const ONE_SEAT =
  'session_id IS NULL OR id = (SELECT o.id FROM appointment o WHERE o.session_id = a.session_id AND o.active ORDER BY o.overbooked, o.id LIMIT 1)'

/**
 * Whose time is looked at, and which appointments take it: a doctor's, room's or device's with the buffers around the
 * visit, a patient's without. What staff has booked over a doctor's other visits is meant to overlap them.
 */
export const OWNERS = {
  doctor: { owner: 'doctor_id', taken: 'blocked', where: `NOT overbooked AND (${ONE_SEAT})` },
  patient: { owner: 'patient_id', taken: 'visit', where: 'true' },
  room: { owner: 'room_id', taken: 'blocked', where: `room_id IS NOT NULL AND (${ONE_SEAT})` },
  device: { owner: 'device_id', taken: 'blocked', where: `device_id IS NOT NULL AND (${ONE_SEAT})` },
} as const

const MOST_PAIRS = 200

/**
 * Sweeps over each owner's active appointments by start and compares each with the latest end before it: one sort, no
 * join, and no constraint or index needed (200,000 rows in about half a second). Partners are looked up for a few.
 */
export async function findDoubleBookings(
  client: pg.ClientBase,
  { owner, taken, where }: (typeof OWNERS)[keyof typeof OWNERS],
): Promise<DoubleBookings> {
  const { rows } = await client.query<Row>(
    `WITH active AS MATERIALIZED (
       SELECT ctid AS place, id, ${owner} AS owner, ${taken} AS taken
       FROM appointment a WHERE active AND NOT isempty(${taken}) AND ${where}
     ), swept AS (
       SELECT *, max(upper(taken)) OVER (PARTITION BY owner ORDER BY lower(taken), upper(taken), place
                                         ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS taken_until
       FROM active
     ), late AS MATERIALIZED (
       SELECT *, count(*) OVER ()::int AS total FROM swept WHERE lower(taken) < taken_until LIMIT ${MOST_PAIRS}
     )
     SELECT DISTINCT ON (l.place) l.total, l.id, o.id AS other, l.owner,
       to_char(lower(l.taken) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "from",
       to_char(lower(o.taken) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "otherFrom"
     FROM late l JOIN active o ON o.owner = l.owner AND o.place <> l.place AND o.taken && l.taken
     ORDER BY l.place, lower(o.taken)`,
  )
  return {
    count: rows[0]?.total ?? 0,
    pairs: rows.map(({ id, other, ...more }) => ({ id, other, example: exampleOf(id, other, more) })),
  }
}

interface Row {
  total: number
  id: string
  other: string
  owner: string
  from: string
  otherFrom: string
}

function exampleOf(
  id: string,
  other: string,
  { owner, from, otherFrom }: Omit<Row, 'id' | 'other'>,
): Example {
  return { owner, appointment: id, from, other, otherFrom }
}
