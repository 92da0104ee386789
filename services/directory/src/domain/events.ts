import type { DirectoryKind, EventEnvelope, PatientsChanged, ProxySnapshot } from '@medqueue/contracts'
import { namesOf } from '@medqueue/contracts'

export const SOURCE = 'directory'

/** The consumers' limit for one event. */
export const PATIENTS_PER_EVENT = 500

export interface Stamp {
  eventId: string
  occurredAt: Date
  traceparent?: string | undefined
}

export interface Fact {
  kind: DirectoryKind
  id: string
  version: number
  data: unknown
}

export interface OutgoingFact {
  subject: string
  event: EventEnvelope
}

/** An event of the directory and the subject, without prefix, that it is published on. */
export function factEvent({ kind, id, version, data }: Fact, stamp: Stamp): OutgoingFact {
  const event: EventEnvelope = {
    id: stamp.eventId,
    type: `directory.${kind}.changed`,
    source: SOURCE,
    subject: id,
    version,
    occurredAt: stamp.occurredAt.toISOString(),
    ...(stamp.traceparent === undefined ? {} : { traceparent: stamp.traceparent }),
    data,
  }
  return { subject: namesOf().subjects.directory(kind, id), event }
}

/** One patient's change, told under the patient's own id. */
export function patientFact(patient: PatientsChanged['patients'][number]): Fact {
  const { id, version, active } = patient
  return { kind: 'patients', id, version, data: { patients: [{ id, version, active }] } }
}

/** What became of one proxy. */
export function proxyFact(proxy: ProxySnapshot): Fact {
  const { id, version, active, patientId, proxyId, relationship, notes, expiresAt } = proxy
  const data: ProxySnapshot = { id, version, active, patientId, proxyId, relationship, notes, expiresAt }
  return { kind: 'proxy', id, version, data }
}
