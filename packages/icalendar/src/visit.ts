/** Milliseconds since the epoch; half open: start is in, end is out. */
export interface Interval {
  start: number
  end: number
}

/** Somebody a message is from or for. */
export interface Person {
  name: string
  email: string
}

export interface Place {
  name: string
  address?: string
}

/**
 * What calendars can say of a visit: `tentative` waits for the doctor, `confirmed` is agreed (and may be over),
 * `cancelled` does not take place.
 */
export const VISIT_STATUSES = ['tentative', 'confirmed', 'cancelled'] as const
export type VisitStatus = (typeof VISIT_STATUSES)[number]

/** An appointment as a calendar shows it. All instants are milliseconds since the epoch. */
export interface Visit {
  appointmentId: string
  start: number
  end: number
  /** IANA zone of the clinic: calendars are told its wall time, wherever the reader is. */
  zone: string
  status: VisitStatus
  /** See `sequenceOf`. */
  sequence: number
  /** When the appointment came to be as it is: DTSTAMP and LAST-MODIFIED, so that the same facts give the same text. */
  changedAt: number
  /** `Visit` when not given, so that nobody learns more from a calendar left open. */
  title?: string
  place?: Place
  /** Only for those who may read it: text of the patient for the care side, for instance. */
  notes?: string
}
