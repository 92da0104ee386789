import { randomUUID } from 'node:crypto'

import {
  type ClinicSnapshot,
  type DoctorSnapshot,
  type EventEnvelope,
  type Names,
  namesOf,
  streamsOf,
} from '@medqueue/contracts'
import { type Broker, ensureStream } from '@medqueue/messaging'
import { connectTestBroker, type Scope, testPrefix } from '@medqueue/testing'

export interface Streams {
  broker: Broker
  prefix: string
  names: Names
  /** Publishes a word of the directory. */
  say: (event: EventEnvelope) => Promise<void>
}

/** The streams this service reads and writes, under a prefix of their own. */
export async function createStreams(scope: Scope): Promise<Streams> {
  const prefix = testPrefix(scope)
  const broker = await connectTestBroker(scope)
  const { directoryEvents, scheduleEvents, deadLetters } = streamsOf(prefix)
  for (const stream of [directoryEvents, scheduleEvents, deadLetters]) await ensureStream(broker.jsm, stream)
  const names = namesOf(prefix)
  const say = async (event: EventEnvelope) => {
    const kind = event.type === 'directory.doctor.changed' ? 'doctor' : 'clinic'
    await broker.js.publish(names.subjects.directory(kind, event.subject), JSON.stringify(event))
  }
  return { broker, prefix, names, say }
}

const envelope = (type: string, data: { id: string; version: number }): EventEnvelope => {
  const { id, version } = data
  const occurredAt = '2027-01-04T15:00:00Z'
  return { id: randomUUID(), type, source: 'directory', subject: id, version, occurredAt, data }
}

export const doctorEvent = (doctor: Pick<DoctorSnapshot, 'id' | 'version' | 'active' | 'clinicIds'>) => {
  const rest = { name: 'Dr. Fern', specialtyId: randomUUID(), serviceIds: [] }
  return envelope('directory.doctor.changed', { ...rest, ...doctor })
}

export const clinicEvent = (clinic: Pick<ClinicSnapshot, 'id' | 'version' | 'active' | 'zone'>) => {
  const rest = { name: 'Central Clinic', city: 'Vitória', state: 'ES' }
  return envelope('directory.clinic.changed', { ...rest, ...clinic })
}
