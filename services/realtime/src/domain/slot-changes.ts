import type { AppointmentEvent, SlotChange, SlotChangeType } from '@medqueue/contracts'

import type { AppointmentEnvelope } from './message.ts'

export interface ToldChange extends SlotChange {
  type: SlotChangeType
}

/** Events after which a visit takes time that was free. */
const TAKES: ReadonlySet<string> = new Set([
  'appointment.held',
  'appointment.requested',
  'appointment.booked',
  'appointment.moved',
])

/** Events after which time may be free again. What happens at the front desk is nobody's business, and changes nothing. */
const FREES: ReadonlySet<string> = new Set([
  'appointment.released',
  'appointment.declined',
  'appointment.expired',
  'appointment.cancelled',
  'appointment.voided',
])

/**
 * What an event says of the slots of a doctor, or of two. A seat of a group visit leaves other seats, so that nothing
 * but a search can say what is left.
 */
export function slotChangesOf({ type, data }: Pick<AppointmentEnvelope, 'type' | 'data'>): ToldChange[] {
  const { doctorId, start, end, sessionId, overbooked, previous } = data
  if (end === null) return []
  const left = previous === undefined ? [] : [changed(previous)]
  // Who is booked over others takes no time of the doctor's.
  if (overbooked === true) return left
  if (FREES.has(type)) return [...left, changed({ doctorId, start, end })]
  if (!TAKES.has(type)) return left
  return [...left, { type: sessionId === undefined ? 'slots.taken' : 'slots.changed', doctorId, start, end }]
}

function changed({ doctorId, start, end }: NonNullable<AppointmentEvent['previous']>): ToldChange {
  return { type: 'slots.changed', doctorId, start, end }
}
