import { ProblemError } from '@medqueue/service-kit'

import { dateOf, formatDate, utcDayOf } from '../domain/calendar.ts'
import { type ChangeEffect, effectOf, rangeOf } from '../domain/change-effect.ts'
import { expand } from '../domain/expand.ts'
import type { Clinic, RotaException, Schedule } from '../domain/schedule.ts'
import { FURTHEST_TOGETHER, together } from '../domain/shifts.ts'
import { SchedulingErrors } from '../errors.ts'
import type { LoadedSchedule } from '../store/load-schedules.ts'
import type { ExceptionRecord } from '../store/records.ts'
import { doctorFault } from './guards.ts'
import { mustBeShown } from './skipped-times.ts'

const MOST_EXCEPTIONS = 2_000
/** Windows that start on one day in UTC. Keeps a horizon of 120 days within one event. */
const MOST_WINDOWS_A_DAY = 24

export type ExceptionValues = Omit<ExceptionRecord, 'id' | 'doctorId' | 'version' | 'changeId'>

export function toException(id: string, values: ExceptionValues): RotaException {
  const { kind, by, clinicId, date, lastDate, start, end } = values
  return { id, kind, by, clinicId, from: dateOf(date), to: dateOf(lastDate), start, end }
}

/**
 * What one more exception, said last, does to a doctor's schedule: the same answer for a dry run and for the change
 * itself. Throws when the doctor is unknown, inactive or not at the clinic, or a limit is reached.
 */
export function judgeException(
  loaded: LoadedSchedule | undefined,
  exception: RotaException,
  clinic: Clinic | undefined,
): ChangeEffect {
  const doctor = loaded && { active: loaded.schedule.active, clinicIds: loaded.clinicIds }
  const fault = doctorFault(doctor, exception.clinicId)
  if (loaded === undefined || fault !== undefined) throw fault ?? new TypeError('a doctor without a schedule')
  if (loaded.exceptionCount >= MOST_EXCEPTIONS) {
    throw limit(`A doctor has at most ${MOST_EXCEPTIONS} exceptions.`)
  }
  const schedule = withClinic(loaded.schedule, clinic)
  // The times of a shift only choose what is moved.
  if (exception.kind !== 'shifted') mustBeShownAt(exception, schedule)
  if (together(schedule.exceptions, exception) > FURTHEST_TOGETHER) {
    throw limit(
      `All that move the shifts of a date move them by at most ${FURTHEST_TOGETHER} minutes together.`,
    )
  }
  if (busiestDay(schedule, exception) > MOST_WINDOWS_A_DAY) {
    throw limit(`A day would fall into more than ${MOST_WINDOWS_A_DAY} windows.`)
  }
  return effectOf(schedule, exception)
}

/** Times of one date that somebody has typed must come at each clinic they are about. */
function mustBeShownAt({ clinicId, from, to, ...times }: RotaException, { clinics }: Schedule): void {
  const places = clinics.filter(({ id, active }) => active && (clinicId === null || id === clinicId))
  const dates = { date: formatDate(from), lastDate: formatDate(to) }
  mustBeShown({ ...dates, ...times }, [...new Set(places.map(({ zone }) => zone))])
}

function withClinic(schedule: Schedule, clinic: Clinic | undefined): Schedule {
  if (clinic === undefined) return schedule
  return { ...schedule, clinics: [...schedule.clinics.filter(({ id }) => id !== clinic.id), clinic] }
}

function busiestDay(schedule: Schedule, exception: RotaException): number {
  const exceptions = [...schedule.exceptions, exception]
  const counts = new Map<number, number>()
  for (const { start } of expand({ ...schedule, exceptions }, rangeOf(exception))) {
    const day = utcDayOf(start)
    counts.set(day, (counts.get(day) ?? 0) + 1)
  }
  return Math.max(0, ...counts.values())
}

function limit(detail: string): ProblemError {
  return new ProblemError(SchedulingErrors.SCHEDULING_LIMIT, { detail, field: 'date' })
}
