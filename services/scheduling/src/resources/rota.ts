import { PlainDate, PlainTime, strictObject, Uuid, ZoneName } from '@medqueue/contracts'
import { type Static, Type } from 'typebox'

import { formatMinutes } from '../domain/calendar.ts'
import type { RotaRecord } from '../store/records.ts'
import { hitFields } from './hits.ts'

/** Wall-clock end of a shift: `24:00` is the end of the day. */
export const EndTime = Type.String({
  pattern: '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$',
  description: 'Time of day up to 24:00, such as 17:30',
})

const values = {
  clinicId: Uuid,
  weekday: Type.Optional(
    Type.Union([Type.Integer({ minimum: 1, maximum: 7 }), Type.Null()], {
      description: 'ISO: 1 is Monday, 7 is Sunday; every week. Either this or rrule',
    }),
  ),
  rrule: Type.Optional(
    Type.Union(
      [Type.String({ minLength: 1, maxLength: 500, pattern: '^[A-Za-z0-9=;,:+-]+$' }), Type.Null()],
      {
        description:
          'RFC 5545: FREQ=DAILY, WEEKLY or MONTHLY with INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS, WKST, COUNT or ' +
          'UNTIL=<date>; counted from effectiveFrom',
      },
    ),
  ),
  exdates: Type.Optional(
    Type.Array(PlainDate, {
      maxItems: 366,
      uniqueItems: true,
      default: [],
      description: 'Dates of the rule on which it does not come',
    }),
  ),
  start: PlainTime,
  end: EndTime,
  effectiveFrom: PlainDate,
  effectiveTo: Type.Optional(
    Type.Union([PlainDate, Type.Null()], {
      description: 'Last date on which the row counts; null never ends',
    }),
  ),
}

/** Body of POST. Times are those of the clocks at the clinic. */
export const NewRotaBody = strictObject({ doctorId: Uuid, ...values })

/** Body of PUT: a row stays with its doctor. */
export const RotaBody = strictObject(values)
export type RotaBody = Static<typeof RotaBody>

export const Rota = Type.Object({
  id: Uuid,
  doctorId: Uuid,
  ...values,
  weekday: Type.Union([Type.Integer(), Type.Null()]),
  rrule: Type.Union([Type.String(), Type.Null()]),
  exdates: Type.Array(PlainDate),
  effectiveTo: Type.Union([PlainDate, Type.Null()]),
  zone: ZoneName,
  version: Type.Integer({ minimum: 1 }),
})
export type Rota = Static<typeof Rota>

/** What a change of a row answers. */
export const ChangedRota = Type.Object({ ...Rota.properties, ...hitFields })

/** A row as callers see it. */
export function writeRota(record: RotaRecord): Rota {
  const { id, doctorId, clinicId, weekday, rrule, exdates, effectiveFrom, effectiveTo, zone, version } =
    record
  const times = { start: formatMinutes(record.start), end: formatMinutes(record.end) }
  const dates = { weekday, rrule, exdates, ...times, effectiveFrom, effectiveTo }
  return { id, doctorId, clinicId, ...dates, zone, version }
}
