import { PlainDate, PlainTime, strictObject, Uuid } from '@medqueue/contracts'
import { type Static, Type } from 'typebox'

import { formatMinutes } from '../domain/calendar.ts'
import type { ClosureRecord } from '../store/records.ts'
import { hitFields } from './hits.ts'
import { EndTime } from './rota.ts'

const Clinic = Type.Union([Uuid, Type.Null()], { description: 'Null: every clinic, each by its own clocks' })

/** Body of POST and PUT. Without start and end it is about the whole day. */
export const ClosureBody = strictObject({
  clinicId: Clinic,
  date: PlainDate,
  lastDate: Type.Optional(
    Type.String({ ...PlainDate, description: 'Last date, included; `date` when not given' }),
  ),
  start: Type.Optional(PlainTime),
  end: Type.Optional(EndTime),
  reason: Type.String({
    minLength: 1,
    maxLength: 200,
    pattern: '^(?!\\s)[^\\u0000-\\u001f\\u007f]+(?<!\\s)$',
    description: 'For everybody to read',
  }),
})
export type ClosureBody = Static<typeof ClosureBody>

export const ClosureView = Type.Object({
  id: Uuid,
  version: Type.Integer({ minimum: 1 }),
  clinicId: Clinic,
  date: PlainDate,
  lastDate: PlainDate,
  start: PlainTime,
  end: EndTime,
  reason: Type.String(),
})
export const ChangedClosure = Type.Object({ ...ClosureView.properties, ...hitFields })

/** A closure as callers see it. */
export function writeClosure({ start, end, ...record }: ClosureRecord): Static<typeof ClosureView> {
  return { ...record, start: formatMinutes(start), end: formatMinutes(end) }
}
