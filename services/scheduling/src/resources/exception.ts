import { PlainDate, PlainTime, strictObject, Uuid } from '@medqueue/contracts'
import { type Static, Type } from 'typebox'

import { formatMinutes } from '../domain/calendar.ts'
import type { ExceptionRecord } from '../store/records.ts'
import { hitFields } from './hits.ts'
import { EndTime } from './rota.ts'

/** Seen by the doctor and by administrators only. */
export const Reason = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })

const Clinic = Type.Union([Uuid, Type.Null()], {
  description: 'Null, for `closed` only: every clinic of the doctor, each by its own clocks',
})

const values = {
  kind: Type.Union([Type.Literal('closed'), Type.Literal('open')], {
    description:
      'closed takes time away and needs a reason; open adds time and needs clinicId, start and end',
  }),
  clinicId: Type.Optional(Clinic),
  date: PlainDate,
  lastDate: Type.Optional(
    Type.String({ ...PlainDate, description: 'Last date, included; `date` when not given' }),
  ),
  start: Type.Optional(PlainTime),
  end: Type.Optional(EndTime),
  reason: Type.Optional(Type.Union([Reason, Type.Null()])),
}

/** Body of POST. Without start and end it is about the whole day. Times are those of the clocks at the clinic. */
export const NewExceptionBody = strictObject({ doctorId: Uuid, ...values })

/** Body of PUT: an exception stays with its doctor, and becomes the latest word. */
export const ExceptionBody = strictObject(values)
export type ExceptionBody = Static<typeof ExceptionBody>

export const RotaExceptionView = Type.Object({
  id: Uuid,
  doctorId: Uuid,
  kind: Type.Union([...values.kind.anyOf, Type.Literal('shifted')], {
    description: 'shifted comes with bulk changes only',
  }),
  by: Type.Union([Type.Integer(), Type.Null()], {
    description: 'Of shifted: minutes by which the shifts that begin then are moved',
  }),
  clinicId: Clinic,
  date: PlainDate,
  lastDate: PlainDate,
  start: PlainTime,
  end: EndTime,
  reason: Type.Union([Reason, Type.Null()]),
  changeId: Type.Union([Uuid, Type.Null()], { description: 'The bulk change it came with' }),
  version: Type.Integer({ minimum: 1 }),
})
export type RotaExceptionView = Static<typeof RotaExceptionView>

/** What a change of an exception answers. */
export const ChangedException = Type.Object({ ...RotaExceptionView.properties, ...hitFields })

/** An exception as callers see it. */
export function writeException({ start, end, ...record }: ExceptionRecord): RotaExceptionView {
  return { ...record, start: formatMinutes(start), end: formatMinutes(end) }
}
