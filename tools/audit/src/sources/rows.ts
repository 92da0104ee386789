/** A row of `appointment`. Times are Unix milliseconds, intervals half open. */
export interface AppointmentRow {
  id: string
  doctorId: string
  patientId: string
  serviceId: string
  clinicId: string
  visitFrom: number
  visitTo: number
  blockedFrom: number
  blockedTo: number
  status: string
  version: number
  createdAt: number
  updatedAt: number
}

/** A row of `booking_request`: what was asked, its place in the queue, and the decision. */
export interface RequestRow {
  id: string
  patientId: string
  doctorId: string
  serviceId: string
  startsAt: number
  partition: number
  streamSeq: number
  batchPos: number
  decision: string
  reason: string | null
  decidedAt: number
  /** What it made, if anything: with its own id, or that of the hold it made use of. */
  appointmentId: string
}

/** How long one visit of a service takes, milliseconds. */
export interface ServiceLength {
  visit: number
  blocked: number
}

export interface LeaseRow {
  partition: number
  committedSeq: number
  streamCreatedAt: string
}

/** The booking database at one moment. */
export interface Ledger {
  appointments: Map<string, AppointmentRow>
  requests: Map<string, RequestRow>
  services: Map<string, ServiceLength>
  leases: Map<number, LeaseRow>
  /** Ids of requests and appointments with an event that is not published yet. */
  untold: Set<string>
}
