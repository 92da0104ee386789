import { PlainDate, PlainTime, strictObject, Uuid } from '@medqueue/contracts'
import { type Static, Type } from 'typebox'

import { formatDate, formatMinutes } from '../domain/calendar.ts'
import type { Holiday } from '../domain/holidays.ts'
import type { CalendarRecord } from '../store/records.ts'
import { hitFields } from './hits.ts'

const values = {
  country: Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1, such as BR' }),
  region: Type.Union([Type.String({ pattern: '^[A-Z0-9-]{1,10}$' }), Type.Null()], {
    default: null,
    description: 'Of the country, such as ES; null: only what the whole country keeps',
  }),
  language: Type.Union([Type.String({ pattern: '^[a-z]{2,3}$' }), Type.Null()], {
    default: null,
    description: 'ISO 639-1, of the names; null: the country’s own',
  }),
  worked: Type.Array(PlainDate, {
    maxItems: 100,
    uniqueItems: true,
    default: [],
    description: 'Holidays on which the clinic is open all the same',
  }),
}

/** Body of PUT. */
export const CalendarBody = strictObject({
  country: values.country,
  region: Type.Optional(values.region),
  language: Type.Optional(values.language),
  worked: Type.Optional(values.worked),
})
export type CalendarBody = Static<typeof CalendarBody>

export const Calendar = Type.Object({ clinicId: Uuid, version: Type.Integer({ minimum: 1 }), ...values })
export type Calendar = Static<typeof Calendar>
export const ChangedCalendar = Type.Object({ ...Calendar.properties, ...hitFields })

export const HolidayView = Type.Object({
  date: PlainDate,
  lastDate: PlainDate,
  start: { ...PlainTime, description: 'From when it counts on its first date: some begin at noon' },
  name: Type.String(),
})

export function writeHoliday({ from, to, start, name }: Holiday): Static<typeof HolidayView> {
  return { date: formatDate(from), lastDate: formatDate(to), start: formatMinutes(start), name }
}

/** A calendar as callers see it. */
export function writeCalendar(record: CalendarRecord): Calendar {
  return record
}
