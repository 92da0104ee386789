import type { Answers } from '../domain/answers.ts'

/** What a patient asks for, checked for shape but not yet decided. */
export interface BookingOrder {
  doctorId: string
  serviceId: string
  patientId: string
  /** Start of the visit; Unix seconds. */
  startSeconds: number
  message?: string | undefined
  /** What is answered to the questions of the service, as it was sent. */
  answers?: Answers | undefined
  /** The hold that it makes use of. */
  holdId?: string | undefined
  /** Why staff books it over the doctor's other visits. */
  overbook?: string | undefined
  /** The series it is a visit of. */
  seriesId?: string | undefined
  /** Asked for by somebody who acts for the patient: decided only while they may. */
  byProxy?: true | undefined
}

/** An order with its identity, ready for the queue. */
export interface QueuedRequest extends BookingOrder {
  id: string
  fingerprint: string
  principalId: string
  /** The answers that were taken, with their questions, as JSON. */
  answered?: string | undefined
  /** W3C traceparent, or '' for none. */
  traceparent: string
}

/** What was decided of one request. */
export type Outcome =
  | { decision: 'booked' | 'pending'; clinicId: string; endSeconds: number }
  | { decision: 'refused'; reason: string }
  | { decision: 'failed' }
  /** The id was decided before: the stored decision, to be looked up. */
  | { decision: 'known' }
  /** The key was used before for another request. */
  | { decision: 'conflict' }
