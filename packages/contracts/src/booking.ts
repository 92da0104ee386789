/** States that take the time of doctor, patient, room and device. */
export const ACTIVE_STATUSES = [
  'held',
  'pending',
  'booked',
  'arrived',
  'checked-in',
  'in-progress',
  'fulfilled',
] as const

/**
 * States of an appointment: FHIR R4's codes where FHIR has one. `held` is kept for one patient who has not asked yet,
 * `pending` waits for the doctor; `in-progress` is our own, as are `declined` and `expired`, which FHIR calls cancelled.
 */
export const APPOINTMENT_STATUSES = [
  ...ACTIVE_STATUSES,
  'noshow',
  'cancelled',
  'declined',
  'expired',
  'entered-in-error',
] as const
export type AppointmentStatus = (typeof APPOINTMENT_STATUSES)[number]

const ACTIVE: ReadonlySet<string> = new Set(ACTIVE_STATUSES)

/** True when an appointment in that state takes time. */
export const isActive = (status: string): boolean => ACTIVE.has(status)

/** In which part somebody changed an appointment. */
export const ACTOR_PARTS = ['patient', 'doctor', 'staff', 'system'] as const
export type ActorPart = (typeof ACTOR_PARTS)[number]

/** Why a request was refused: each is told to the patient by name. */
export const REFUSAL_REASONS = [
  'doctor_unknown',
  'doctor_inactive',
  'service_unknown',
  'service_not_offered',
  'patient_unknown',
  'in_the_past',
  'too_short_notice',
  'beyond_horizon',
  'outside_window',
  'off_grid',
  'slot_taken',
  'patient_overlap',
  'room_taken',
  'device_taken',
  'session_full',
  'too_many_open',
  'hold_lost',
  'proxy_ended',
] as const
export type RefusalReason = (typeof REFUSAL_REASONS)[number]

/**
 * The partition of a doctor: FNV-1a over the UUID's characters, modulo the fixed number of partitions. Every part of
 * the platform must agree on it, so it never changes.
 */
export function partitionOf(doctorId: string, partitions: number): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < doctorId.length; i++) {
    hash = Math.imul(hash ^ doctorId.charCodeAt(i), 0x01000193)
  }
  return (hash >>> 0) % partitions
}
