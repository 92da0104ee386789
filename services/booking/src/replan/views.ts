import { isActive } from '@medqueue/contracts'

import { appointmentView } from '../api/views.ts'
import { formatInstant } from '../domain/instants.ts'
import { MOVABLE } from '../domain/life-cycle.ts'
import type { Slot } from '../domain/slots.ts'
import type { ReplanRow, ReplanVisitRow } from '../store/replans.ts'
import type { Proposed } from './propose.ts'
import type { Replan, ReplanVisit } from './schemas.ts'

/** What has become of a visit: the visit itself says, whatever way it went. */
export function stateOf(row: ReplanVisitRow): ReplanVisit['state'] {
  if (!isActive(row.status)) return 'ended'
  if (row.starts === row.to_start && row.doctor_id === row.to_doctor) return 'accepted'
  if (row.starts !== row.was) return 'moved'
  if (!MOVABLE.has(row.status)) return 'ended'
  return row.state === 'over' ? 'none' : row.state
}

export const proposalView = ({ doctorId, clinicId, start, end }: Slot) => ({
  ...{ doctorId, clinicId, start: formatInstant(start), end: formatInstant(end) },
})

/** Who has to be called: whose visit is where it was. */
const OPEN: ReadonlySet<string> = new Set(['proposed', 'declined', 'none'])

const planView = (plan: Pick<ReplanRow, 'doctor_id' | 'day'>, visits: ReplanVisit[]): Replan => ({
  ...{ doctorId: plan.doctor_id, date: plan.day, visits },
  toPhone: visits.filter(({ state }) => OPEN.has(state)).map(({ appointmentId }) => appointmentId),
})

/** A plan with what has become of each visit. */
export function replanView(plan: ReplanRow, rows: readonly ReplanVisitRow[]): Replan {
  return { id: plan.id, ...planView(plan, rows.map(visitView)) }
}

export function visitView(row: ReplanVisitRow): ReplanVisit {
  const { to_doctor: doctorId, to_start: start, to_end: end } = row
  const proposal =
    doctorId === null || start === null || end === null
      ? {}
      : { proposal: { doctorId, start: formatInstant(Number(start)), end: formatInstant(Number(end)) } }
  return {
    ...{ appointmentId: row.id, patientId: row.patient_id, state: stateOf(row) },
    appointment: appointmentView(row),
    ...proposal,
  }
}

/** What a plan would be. */
export function dryView(doctorId: string, day: string, proposed: readonly Proposed[]): Replan {
  const visits = proposed.map(({ row, proposal }): ReplanVisit => ({
    ...{ appointmentId: row.id, patientId: row.patient_id, appointment: appointmentView(row) },
    ...(proposal === undefined
      ? { state: 'none' as const }
      : { state: 'proposed' as const, proposal: proposalView(proposal.slot) }),
  }))
  return planView({ doctor_id: doctorId, day }, visits)
}
