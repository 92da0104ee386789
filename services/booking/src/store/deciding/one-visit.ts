/** A visit asked for outside of the queue: to be held, or to be moved to. */
export interface AskedVisit {
  id: string
  principalId: string
  patientId: string
  doctorId: string
  serviceId: string
  /** Unix seconds. */
  startSeconds: number
  /** The appointment that is moved. */
  ownId?: string | undefined
  overbook?: string | undefined
}

const NIL = '00000000-0000-0000-0000-000000000000'

/** The parameters of `checked` for one visit. What belongs to the queue (place, fingerprint, event) is empty. */
export function parametersOf(visit: AskedVisit): unknown[] {
  const { id, principalId, patientId, doctorId, serviceId, startSeconds, ownId, overbook } = visit
  return [
    [id],
    [NIL],
    [principalId],
    [patientId],
    [doctorId],
    [serviceId],
    [startSeconds],
    [0],
    [0],
    [0],
    [''],
    [null],
    null,
    [ownId ?? null],
    [overbook ?? null],
    [null],
  ]
}
