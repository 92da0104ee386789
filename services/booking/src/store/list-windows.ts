import type pg from 'pg'

import { type Busy, sessionOf, type WorkWindow } from '../domain/slots.ts'

/** Seconds; weeks are counted from the Unix epoch. */
export const WEEK = 604_800

/** How far beside a window what is taken matters: the longest buffer of a first or a last visit. Seconds. */
export const BESIDE_SECONDS = 4 * 3_600

/** A window is shorter; and a visit with its buffers, which lasts 16 hours at most. */
const DAY = 86_400

interface Row {
  ord: string
  windows: string
  busy: string | null
}

const epoch = (instant: string) => `extract(epoch FROM ${instant})::bigint`
const week = (number: string) => `to_timestamp((d.week + ${number}) * ${WEEK})`

/**
 * Each LATERAL with OFFSET 0 is an index look-up for each doctor and week. Left to itself, the planner of a database
 * whose statistics are older than its rows (a minute after a release of slots) may read whole tables for it. Run it
 * under PLAN_SETTINGS. One look-up for all that is taken in a week, and not one for each window, halves the time.
 */
const LIST_WINDOWS = `
SELECT d.ord, w.windows, b.busy
FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS d (id, week, ord)
CROSS JOIN LATERAL (
  SELECT string_agg(${epoch('starts_at')} || ',' || ${epoch('ends_at')} || ',' || clinic_id, ';' ORDER BY starts_at) AS windows
  FROM doctor_window WHERE doctor_id = d.id AND starts_at >= ${week('0')} AND starts_at < ${week('1')}
  OFFSET 0) w
CROSS JOIN LATERAL (
  SELECT string_agg(${epoch('lower(a.blocked)')} || ',' || ${epoch('upper(a.blocked)')} || CASE WHEN a.session_id IS NULL THEN ''
      ELSE ',' || a.service_id || ',' || ${epoch('lower(a.visit)')} || ',' || a.seat || ',' || a.overbooked END,
    ';' ORDER BY lower(a.blocked)) AS busy
  FROM appointment a
  WHERE a.doctor_id = d.id AND a.active AND (NOT a.overbooked OR a.session_id IS NOT NULL)
    AND lower(a.blocked) > ${week('0')} - interval '${DAY} s' AND lower(a.blocked) < ${week('1')} + interval '${2 * DAY} s'
  OFFSET 0) b
WHERE w.windows IS NOT NULL`

/**
 * The windows of each doctor that start in each week (arrays of equal length, one answer for each pair), with what is
 * taken in them and in the four hours beside them, where the longest buffers of a first and a last visit may reach.
 */
export async function listWindows(
  pool: pg.Pool,
  doctorIds: readonly string[],
  weeks: readonly number[],
): Promise<WorkWindow[][]> {
  const values = [`{${doctorIds.join(',')}}`, `{${weeks.join(',')}}`]
  const { rows } = await pool.query<Row>({ name: 'list-windows', text: LIST_WINDOWS, values })
  const answers = doctorIds.map((): WorkWindow[] => [])
  for (const { ord, windows, busy } of rows) {
    const index = Number(ord) - 1
    answers[index] = windowsOf(
      doctorIds[index] ?? '',
      windows,
      busy === null ? [] : busy.split(';').map(parse),
    )
  }
  return answers
}

/** A row of the record: what is taken, and for a seat of a group visit which one. */
interface Taken extends Busy {
  seat?: number
  overbooked?: boolean
}

function parse(text: string): Taken {
  const [start, end, serviceId, visit, seat, overbooked] = text.split(',')
  const interval = { start: Number(start), end: Number(end) }
  if (serviceId === undefined) return interval
  const session = sessionOf(serviceId, Number(visit))
  return { ...interval, session, seat: Number(seat), overbooked: overbooked === 'true' }
}

function windowsOf(doctorId: string, text: string, taken: readonly Taken[]): WorkWindow[] {
  return text.split(';').map((one) => {
    const [from = '', to = '', clinicId = ''] = one.split(',')
    const [start, end] = [Number(from), Number(to)]
    const near = taken.filter((row) => row.start < end + BESIDE_SECONDS && row.end > start - BESIDE_SECONDS)
    return { doctorId, clinicId, start, end, busy: busyOf(near), ...seatsOf(near) }
  })
}

/** What takes the doctor's time; the seats of a group visit as one. */
function busyOf(taken: readonly Taken[]): Busy[] {
  const busy: Busy[] = []
  for (const { start, end, session, overbooked } of taken) {
    if (overbooked === true) continue
    const last = busy.at(-1)
    if (session === undefined) busy.push({ start, end })
    else if (last?.session !== session) busy.push({ start, end, session })
    else last.end = Math.max(last.end, end)
  }
  return busy
}

function seatsOf(taken: readonly Taken[]): Pick<WorkWindow, 'seats'> {
  if (taken.every(({ session }) => session === undefined)) return {}
  const seats = new Map<string, number[]>()
  for (const { session, seat = 0 } of taken) {
    if (session === undefined) continue
    const known = seats.get(session)
    if (known === undefined) seats.set(session, [seat])
    else known.push(seat)
  }
  return { seats }
}
