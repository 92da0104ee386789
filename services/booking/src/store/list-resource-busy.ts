import type pg from 'pg'

import { sessionOfDoctor } from '../domain/places.ts'
import { type Busy, sessionOf } from '../domain/slots.ts'
import { WEEK } from './list-windows.ts'

/** What a resource is booked as. */
export type ResourceRole = 'room' | 'device'

interface Row {
  ord: string
  busy: string
}

const epoch = (instant: string) => `extract(epoch FROM ${instant})::bigint`

/** Run it under PLAN_SETTINGS: the index of the exclusion constraint answers for each resource. */
const listBusy = (column: 'room_id' | 'device_id') => `
SELECT d.ord, b.busy
FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS d (id, week, ord)
CROSS JOIN LATERAL (
  SELECT string_agg(DISTINCT lpad((${epoch('lower(a.blocked)')})::text, 12, '0') || ',' || ${epoch('upper(a.blocked)')}
    || CASE WHEN a.session_id IS NULL THEN ''
      ELSE ',' || a.doctor_id || ',' || a.service_id || ',' || ${epoch('lower(a.visit)')} END, ';') AS busy
  FROM appointment a
  WHERE a.${column} = d.id AND a.active
    AND a.blocked && tstzrange(to_timestamp(d.week * ${WEEK}), to_timestamp((d.week + 1) * ${WEEK}))
    AND lower(a.blocked) >= to_timestamp(d.week * ${WEEK})
  OFFSET 0) b
WHERE b.busy IS NOT NULL`

const STATEMENTS = { room: listBusy('room_id'), device: listBusy('device_id') } as const

/**
 * What is taken of each resource from each week on (arrays of equal length, one answer for each pair): what begins in
 * the week, sorted by start; the seats of a group visit are one.
 */
export async function listResourceBusy(
  pool: pg.Pool,
  role: ResourceRole,
  ids: readonly string[],
  weeks: readonly number[],
): Promise<Busy[][]> {
  const { rows } = await pool.query<Row>({
    name: `list-busy-${role}`,
    text: STATEMENTS[role],
    values: [`{${ids.join(',')}}`, `{${weeks.join(',')}}`],
  })
  const answers = ids.map((): Busy[] => [])
  for (const { ord, busy } of rows) answers[Number(ord) - 1] = busy.split(';').map(parse)
  return answers
}

function parse(text: string): Busy {
  const [start, end, doctorId, serviceId, visit] = text.split(',')
  const interval = { start: Number(start), end: Number(end) }
  if (doctorId === undefined || serviceId === undefined) return interval
  return { ...interval, session: sessionOfDoctor(doctorId, sessionOf(serviceId, Number(visit))) }
}
