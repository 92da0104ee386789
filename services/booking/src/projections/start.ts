import { type EventEnvelope, namesOf, WINDOWS_CHANGED } from '@medqueue/contracts'
import { type Broker, type Log, type Projection, startProjection } from '@medqueue/messaging'
import type pg from 'pg'

import { CATALOGUE_CHANGED } from '../api/catalogue-cache.ts'
import { projectCharges } from './charges.ts'
import { projectDirectory } from './directory.ts'
import { projectProxies } from './proxies.ts'
import { projectResources } from './resources.ts'
import { projectWindows } from './windows.ts'

const OF_PATIENTS: ReadonlySet<string> = new Set(['directory.patients.changed', 'directory.proxy.changed'])

/** Starts taking what directory, scheduling and billing say. Replicas share the work: each event is taken by one of them. */
export async function startProjections(options: {
  pool: pg.Pool
  broker: Broker
  logger: Log
  prefix: string
}): Promise<Projection[]> {
  const { broker, prefix } = options
  const { streams, subject } = namesOf(prefix)
  // The catalogue holds no patients, nor who acts for them.
  const changed = ({ type }: EventEnvelope) => {
    if (!OF_PATIENTS.has(type)) broker.nc.publish(subject(CATALOGUE_CHANGED))
  }
  return Promise.all([
    startProjection({
      ...options,
      stream: streams.directoryEvents,
      durable: 'booking-directory',
      subjects: [subject('directory.>')],
      handle: projectDirectory,
      onCommitted: changed,
    }),
    // A consumer of its own: what replicas of before have passed over, it reads from the beginning.
    startProjection({
      ...options,
      stream: streams.directoryEvents,
      durable: 'booking-proxies',
      subjects: [subject('directory.proxy.*')],
      handle: projectProxies,
    }),
    startProjection({
      ...options,
      stream: streams.scheduleEvents,
      durable: 'booking-windows',
      subjects: [subject('schedule.windows.>')],
      handle: projectWindows,
      onCommitted: ({ subject: doctorId }) => broker.nc.publish(subject(WINDOWS_CHANGED), doctorId),
    }),
    startProjection({
      ...options,
      stream: streams.scheduleEvents,
      durable: 'booking-resources',
      subjects: [subject('schedule.resource.*')],
      handle: projectResources,
      onCommitted: changed,
    }),
    startProjection({
      ...options,
      stream: streams.billingEvents,
      durable: 'booking-charges',
      subjects: [subject('billing.charge.declined.*')],
      handle: projectCharges,
    }),
  ])
}
