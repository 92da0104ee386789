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
  /** The series it is a visit of. */
  seriesId?: string | undefined
  /** Asked for by somebody who acts for the patient. */
  byProxy?: true | undefined
}

const NIL = '00000000-0000-0000-0000-000000000000'

/** The parameters of `checked` for one visit. What belongs to the queue (place, fingerprint, event) is empty. */
export const parametersOf = (visit: AskedVisit): unknown[] => parametersOfMany([visit])

/** The same for several visits, each looked at by itself. */
export function parametersOfMany(visits: readonly AskedVisit[]): unknown[] {
  const each = <T>(of: (visit: AskedVisit) => T) => visits.map(of)
  return [
    each(({ id }) => id),
    each(() => NIL),
    each(({ principalId }) => principalId),
    each(({ patientId }) => patientId),
    each(({ doctorId }) => doctorId),
    each(({ serviceId }) => serviceId),
    each(({ startSeconds }) => startSeconds),
    each(() => 0),
    each(() => 0),
    each(() => 0),
    each(() => ''),
    each(() => null),
    null,
    each(({ ownId }) => ownId ?? null),
    each(({ overbook }) => overbook ?? null),
    each(({ seriesId }) => seriesId ?? null),
  ]
}
