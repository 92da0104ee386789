import { FreeText, PlainDate, strictObject, Uuid } from '@medqueue/contracts'
import { type Static, Type } from 'typebox'

import { Appointment } from '../api/schemas.ts'

export const ReplanBody = strictObject({
  doctorId: Uuid,
  date: { ...PlainDate, description: 'On the clocks of the clinics where the visits are' },
  reason: FreeText(200, { minLength: 1, description: 'For the care side only' }),
  dryRun: Type.Boolean({ default: false, description: 'Only tell what would be proposed' }),
})

export const VISIT_STATES = ['proposed', 'declined', 'none', 'accepted', 'moved', 'ended'] as const

export const ReplanVisit = Type.Object({
  appointmentId: Uuid,
  patientId: Uuid,
  state: Type.Enum([...VISIT_STATES], {
    description:
      'none: nothing was found; accepted: it is where it was proposed; moved: it went elsewhere; ended: cancelled or begun',
  }),
  appointment: Appointment,
  proposal: Type.Optional(
    Type.Object({ doctorId: Uuid, clinicId: Type.Optional(Uuid), start: Type.String(), end: Type.String() }),
  ),
})
export type ReplanVisit = Static<typeof ReplanVisit>

export const Replan = Type.Object({
  id: Type.Optional({ ...Uuid, description: 'Not of a dry run' }),
  doctorId: Uuid,
  date: Type.String(),
  visits: Type.Array(ReplanVisit),
  toPhone: Type.Array(Uuid, {
    description: 'Visits that are where they were: not answered, declined, or without a proposal',
  }),
})
export type Replan = Static<typeof Replan>
