/** A bulk change as it was asked for: one statement about the same dates of many doctors. */
export interface ChangeRequest {
  action: 'close' | 'open' | 'shift'
  /** Of `shift`: minutes of wall time by which the shifts that begin then are moved. */
  by?: number
  /** Never null for `open`: at every clinic. */
  clinicId: string | null
  /** First and last date, both included. */
  from: string
  to: string
  /** Wall time, `HH:MM`; `00:00` and `24:00` make the whole day. */
  start: string
  end: string
  reason: string | null
}

/**
 * What came of a bulk change for one doctor.
 *
 *   waiting -> ok -> undone
 *   waiting -> refused
 *   waiting -> undone (the change was cut short, and undone before it came to the doctor)
 */
export type Outcome = 'waiting' | 'ok' | 'refused' | 'undone'

/** Bookable time with its instants written out. */
export interface WrittenWindow {
  start: string
  end: string
  clinicId: string
}

/** A visit with its instants written out. */
export interface WrittenVisit extends WrittenWindow {
  appointmentId: string
  doctorId: string
}

export interface DoctorResult {
  doctorId: string
  outcome: Outcome
  /** Why it was refused. */
  problem?: { code: string; detail: string }
  removed: WrittenWindow[]
  added: WrittenWindow[]
  /** Future visits in the time taken away, the soonest first; of a change from before this was noted: missing. */
  hits?: WrittenVisit[]
  /** Those in the time that undoing took away again. */
  undoHits?: WrittenVisit[]
}
