/** FHIR R4 appointment states used so far; `pending` waits for the doctor. */
export const APPOINTMENT_STATUSES = ['pending', 'booked', 'cancelled'] as const
export type AppointmentStatus = (typeof APPOINTMENT_STATUSES)[number]

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
