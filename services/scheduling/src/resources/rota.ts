import { PlainDate, PlainTime, strictObject, Uuid, ZoneName } from '@medqueue/contracts'
import { type Static, Type } from 'typebox'

import { formatMinutes } from '../domain/calendar.ts'
import type { RotaRecord } from '../store/records.ts'

/** Wall-clock end of a shift: `24:00` is the end of the day. */
export const EndTime = Type.String({
  pattern: '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$',
  description: 'Time of day up to 24:00, such as 17:30',
})

const values = {
  clinicId: Uuid,
  weekday: Type.Integer({ minimum: 1, maximum: 7, description: 'ISO: 1 is Monday, 7 is Sunday' }),
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
  effectiveTo: Type.Union([PlainDate, Type.Null()]),
  zone: ZoneName,
  version: Type.Integer({ minimum: 1 }),
})
export type Rota = Static<typeof Rota>

/** A row as callers see it. */
export function writeRota(record: RotaRecord): Rota {
  const { id, doctorId, clinicId, weekday, start, end, effectiveFrom, effectiveTo, zone, version } = record
  const times = { start: formatMinutes(start), end: formatMinutes(end) }
  return { id, doctorId, clinicId, weekday, ...times, effectiveFrom, effectiveTo, zone, version }
}
