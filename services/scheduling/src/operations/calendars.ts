import { ProblemError } from '@medqueue/service-kit'
import type pg from 'pg'

import type { Core, Edit } from '../core.ts'
import { calendarFault } from '../domain/holidays.ts'
import { SchedulingErrors } from '../errors.ts'
import { deleteCalendar } from '../store/delete-calendar.ts'
import { findCalendar } from '../store/find-calendar.ts'
import type { CalendarRecord, NewCalendar } from '../store/records.ts'
import { upsertCalendar } from '../store/upsert-calendar.ts'
import { changeClosing } from './closing.ts'
import { type Expected, mustBeCurrent, openClinic } from './guards.ts'
import type { Changed } from './hits.ts'

/**
 * Says whose public holidays a clinic keeps. `expected` gives the versions it may be based on, undefined for the first
 * word. Throws what `openClinic` throws, SCHEDULING_FIELD_INVALID for an unknown country or region, and
 * SCHEDULING_VERSION_MISSING or SCHEDULING_VERSION_STALE.
 */
export async function putCalendar(
  core: Core,
  edit: Edit,
  expected: Expected | undefined,
  values: NewCalendar,
): Promise<Changed<CalendarRecord>> {
  const fault = calendarFault(values)
  if (fault !== undefined) {
    const detail = `There is no calendar of the ${fault} ${String(values[fault])}.`
    throw new ProblemError(SchedulingErrors.SCHEDULING_FIELD_INVALID, { field: fault, detail })
  }
  return changeClosing(core, {
    ...edit,
    plan: async (client) => {
      await openClinic(client, values.clinicId)
      const before = await findCalendar(client, values.clinicId, 'FOR UPDATE')
      mustBeBasedOn(before, expected)
      const change = async () => known(await upsertCalendar(client, values))
      return { clinicIds: [values.clinicId], change }
    },
  })
}

/** A clinic keeps no holidays any more. Throws when it kept none, or the calendar has changed. */
export async function removeCalendar(
  core: Core,
  edit: Edit,
  { clinicId, expected }: { clinicId: string; expected: Expected },
): Promise<Changed<void>> {
  return changeClosing(core, {
    ...edit,
    plan: async (client) => {
      mustBeCurrent(known(await findCalendar(client, clinicId, 'FOR UPDATE')).version, expected)
      return { clinicIds: [clinicId], change: async () => deleteCalendar(client, clinicId) }
    },
  })
}

/** Throws SCHEDULING_CALENDAR_UNKNOWN. */
export async function calendarOf(client: pg.ClientBase | pg.Pool, clinicId: string): Promise<CalendarRecord> {
  return known(await findCalendar(client, clinicId))
}

function known(calendar: CalendarRecord | undefined): CalendarRecord {
  if (calendar !== undefined) return calendar
  throw new ProblemError(SchedulingErrors.SCHEDULING_CALENDAR_UNKNOWN, { field: 'clinicId' })
}

function mustBeBasedOn(before: CalendarRecord | undefined, expected: Expected | undefined): void {
  if (before === undefined) {
    // Somebody who has a version of it has seen one: it was removed meanwhile.
    if (expected !== undefined) throw new ProblemError(SchedulingErrors.SCHEDULING_VERSION_STALE)
    return
  }
  if (expected === undefined) {
    throw new ProblemError(SchedulingErrors.SCHEDULING_VERSION_MISSING, { field: 'if-match' })
  }
  mustBeCurrent(before.version, expected)
}
