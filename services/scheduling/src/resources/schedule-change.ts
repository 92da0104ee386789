import { Instant, PlainDate, PlainTime, strictObject, Uuid, Window } from '@medqueue/contracts'
import { type Static, Type } from 'typebox'

import { FURTHEST_SHIFT } from '../domain/shifts.ts'
import type { ChangeRecord } from '../store/find-change.ts'
import { Reason } from './exception.ts'
import { Hit } from './hits.ts'
import { EndTime } from './rota.ts'

/** Doctors in one bulk change. */
const MOST_DOCTORS = 500

const Action = Type.Union([Type.Literal('close'), Type.Literal('open'), Type.Literal('shift')])

const By = Type.Optional(
  Type.Integer({
    minimum: -FURTHEST_SHIFT,
    maximum: FURTHEST_SHIFT,
    description: 'Of `shift` only: minutes by which shifts are moved on the clocks of their clinics; not 0',
  }),
)

/** Body of POST. Without start and end it is about the whole day; of `shift`, shifts that begin then are moved. */
export const ScheduleChangeBody = strictObject({
  action: Action,
  by: By,
  doctorIds: Type.Array(Uuid, { minItems: 1, maxItems: MOST_DOCTORS, uniqueItems: true }),
  clinicId: Type.Optional(
    Type.Union([Uuid, Type.Null()], { description: 'Null, not for `open`: every clinic of each doctor' }),
  ),
  from: PlainDate,
  to: Type.String({ ...PlainDate, description: 'Last date, included' }),
  start: Type.Optional(PlainTime),
  end: Type.Optional(EndTime),
  reason: Type.Optional(Type.Union([Reason, Type.Null()])),
  dryRun: Type.Optional(Type.Boolean({ description: 'Only say what would change' })),
})
export type ScheduleChangeBody = Static<typeof ScheduleChangeBody>

const DoctorResult = Type.Object({
  doctorId: Uuid,
  outcome: Type.Union(
    [Type.Literal('waiting'), Type.Literal('ok'), Type.Literal('refused'), Type.Literal('undone')],
    { description: 'One doctor is changed wholly or not at all; waiting: the change was cut short' },
  ),
  problem: Type.Optional(Type.Object({ code: Type.String(), detail: Type.String() })),
  removed: Type.Array(Window, { description: 'Bookable time that is taken away' }),
  added: Type.Array(Window, { description: 'Bookable time that is added' }),
  hits: Type.Optional(Type.Array(Hit, { description: 'Future visits in the time that is taken away' })),
  undoHits: Type.Optional(Type.Array(Hit, { description: 'Those in the time that undoing took away again' })),
})

const shared = {
  action: Action,
  by: By,
  clinicId: Type.Union([Uuid, Type.Null()]),
  from: PlainDate,
  to: PlainDate,
  start: PlainTime,
  end: EndTime,
  reason: Type.Union([Type.String(), Type.Null()]),
}

export const ScheduleChangeSummary = Type.Object({
  id: Uuid,
  ...shared,
  requestedBy: Uuid,
  createdAt: Instant,
  undoUntil: Instant,
  undoStartedAt: Type.Union([Instant, Type.Null()]),
})

export const ScheduleChange = Type.Object({
  ...ScheduleChangeSummary.properties,
  dryRun: Type.Literal(false),
  doctors: Type.Array(DoctorResult),
})
export type ScheduleChange = Static<typeof ScheduleChange>

/** Nothing was written, so there is nothing to name or to undo. */
export const ScheduleChangeDryRun = Type.Object({
  ...shared,
  dryRun: Type.Literal(true),
  doctors: Type.Array(DoctorResult),
})

/** A bulk change without its doctors. */
export function writeChangeSummary(
  change: Omit<ChangeRecord, 'doctors'>,
): Static<typeof ScheduleChangeSummary> {
  const { request, createdAt, undoUntil, undoStartedAt, ...rest } = change
  return {
    ...rest,
    ...request,
    createdAt: createdAt.toISOString(),
    undoUntil: undoUntil.toISOString(),
    undoStartedAt: undoStartedAt?.toISOString() ?? null,
  }
}

/** A bulk change as callers see it. */
export function writeChange({ doctors, ...change }: ChangeRecord): ScheduleChange {
  return { ...writeChangeSummary(change), dryRun: false, doctors }
}
