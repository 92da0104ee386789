import type pg from 'pg'

import { DAY_MS, dateOf, type EpochDay, formatDate } from '../domain/calendar.ts'
import type { Interval } from '../domain/intervals.ts'
import { type HolidayCalendar, holidayClosures } from '../domain/holidays.ts'
import { parseRule } from '../domain/recurrence.ts'
import type { Clinic, Closure, RotaException, RotaRow, Schedule } from '../domain/schedule.ts'

/** A doctor with what the doctor's windows follow from. */
export interface LoadedSchedule {
  schedule: Schedule
  /** Clinics at which the doctor works, by the directory. */
  clinicIds: string[]
  /** All exceptions of the doctor, those of other dates too. */
  exceptionCount: number
}

interface Row {
  doctorId: string
  active: boolean
  clinicIds: string[]
  exceptionCount: number
  rotas: (Omit<RotaRow, 'effectiveFrom' | 'effectiveTo' | 'rule' | 'except'> & {
    effectiveFrom: string
    effectiveTo: string | null
    rrule: string | null
    except: string[]
  })[]
  exceptions: (Omit<RotaException, 'from' | 'to'> & { from: string; to: string })[]
  clinics: (Clinic & { calendar: (HolidayCalendar & { worked: string[] }) | null })[]
  closures: (Omit<Closure, 'from' | 'to'> & { from: string; to: string })[]
  busy: Interval[]
}

/** Days of exceptions around a range that can matter to windows in it. */
const MARGIN_DAYS = 5

const TEXT = `
  SELECT d.id AS "doctorId", d.active, d.clinic_ids AS "clinicIds",
    (SELECT count(*)::int FROM rota_exceptions WHERE doctor_id = d.id) AS "exceptionCount",
    coalesce((
      SELECT json_agg(json_build_object(
        'id', r.id, 'clinicId', r.clinic_id, 'weekday', r.weekday, 'rrule', r.rrule, 'except', r.exdates,
        'start', lower(r.minutes), 'end', upper(r.minutes),
        'effectiveFrom', lower(r.effective), 'effectiveTo', upper(r.effective) - 1) ORDER BY r.position)
      FROM rotas r WHERE r.doctor_id = d.id), '[]') AS rotas,
    coalesce((
      SELECT json_agg(json_build_object(
        'id', e.id, 'kind', e.kind, 'by', e.by_minutes, 'clinicId', e.clinic_id, 'from', lower(e.dates), 'to', upper(e.dates) - 1,
        'start', lower(e.minutes), 'end', upper(e.minutes)) ORDER BY e.position)
      FROM rota_exceptions e
      WHERE e.doctor_id = d.id AND e.dates && daterange($2::date, $3::date)), '[]') AS exceptions,
    coalesce((
      SELECT json_agg(json_build_object('id', c.id, 'zone', c.zone, 'active', c.active, 'calendar', (
        SELECT json_build_object('country', h.country, 'region', h.region, 'language', h.language, 'worked', h.worked)
        FROM holiday_calendars h WHERE h.clinic_id = c.id)) ORDER BY c.id)
      FROM clinics c
      WHERE c.id IN (
        SELECT clinic_id FROM rotas WHERE doctor_id = d.id
        UNION
        SELECT clinic_id FROM rota_exceptions
        WHERE doctor_id = d.id AND dates && daterange($2::date, $3::date))), '[]') AS clinics,
    coalesce((
      SELECT json_agg(json_build_object(
        'id', o.id, 'clinicId', o.clinic_id, 'from', lower(o.dates), 'to', upper(o.dates) - 1,
        'start', lower(o.minutes), 'end', upper(o.minutes), 'reason', o.reason) ORDER BY o.id)
      FROM closures o
      WHERE (o.clinic_id IS NULL OR o.clinic_id = ANY(d.clinic_ids)) AND o.dates && daterange($2::date, $3::date)),
      '[]') AS closures,
    coalesce((
      SELECT json_agg(json_build_object(
        'start', (extract(epoch FROM lower(taken)) * 1000)::bigint,
        'end', (extract(epoch FROM upper(taken)) * 1000)::bigint) ORDER BY lower(taken))
      FROM (
        SELECT unnest(range_agg(tstzrange(b.starts_at, b.ends_at))) AS taken FROM calendar_busy b
        WHERE b.doctor_id = d.id AND tstzrange(b.starts_at, b.ends_at) && tstzrange($2::date, $3::date)) AS joined),
      '[]') AS busy
  FROM doctors d WHERE d.id = ANY($1::uuid[])`

/**
 * What the windows of the doctors follow from, by doctor id: all rota rows, and the exceptions that can matter to
 * windows starting in the range. Doctors the directory has not told of are missing. One statement, so one state.
 */
export async function loadSchedules(
  client: pg.ClientBase | pg.Pool,
  doctorIds: readonly string[],
  range: Interval,
): Promise<Map<string, LoadedSchedule>> {
  const days: [EpochDay, EpochDay] = [
    Math.floor(range.start / DAY_MS) - MARGIN_DAYS,
    Math.ceil(range.end / DAY_MS) + MARGIN_DAYS,
  ]
  const { rows } = await client.query<Row>({
    name: 'load-schedules',
    text: TEXT,
    values: [doctorIds, ...days.map(formatDate)],
  })
  return new Map(rows.map((row) => [row.doctorId, toLoaded(row, days)]))
}

function toLoaded(row: Row, days: [EpochDay, EpochDay]): LoadedSchedule {
  const { active, clinicIds, exceptionCount, rotas, exceptions, clinics, closures } = row
  const decided = closures.map((said) => ({ ...said, from: dateOf(said.from), to: dateOf(said.to) }))
  const holidays = clinics.flatMap(({ id, calendar }) => {
    return calendar === null
      ? []
      : holidayClosures(id, { ...calendar, worked: calendar.worked.map(dateOf) }, days)
  })
  const schedule = {
    active,
    rotas: rotas.map(({ rrule, except, ...row }) => ({
      ...row,
      rule: rrule === null ? null : parseRule(rrule),
      except: except.map(dateOf),
      effectiveFrom: dateOf(row.effectiveFrom),
      effectiveTo: row.effectiveTo === null ? null : dateOf(row.effectiveTo),
    })),
    exceptions: exceptions.map((said) => ({ ...said, from: dateOf(said.from), to: dateOf(said.to) })),
    closures: [...decided, ...holidays],
    busy: row.busy,
    // Rows at a clinic that the doctor has left stay, and give no window.
    clinics: clinics.map(({ id, zone, active }) => ({ id, zone, active: active && clinicIds.includes(id) })),
  }
  return { schedule, clinicIds, exceptionCount }
}
