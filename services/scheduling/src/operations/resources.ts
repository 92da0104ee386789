import { type EventEnvelope, namesOf, type ResourceChanged } from '@medqueue/contracts'
import { withTransaction } from '@medqueue/database'
import { appendEvents, type OutgoingEvent } from '@medqueue/messaging'
import { ProblemError } from '@medqueue/service-kit'
import type pg from 'pg'

import type { Author, Core } from '../core.ts'
import { formatInstant } from '../domain/calendar.ts'
import { SchedulingErrors } from '../errors.ts'
import { findResource } from '../store/find-resource.ts'
import { insertResources } from '../store/insert-resources.ts'
import type { NewResource, ResourceRecord } from '../store/records.ts'
import { updateResource } from '../store/update-resource.ts'
import { type Expected, mustBeCurrent, openClinic } from './guards.ts'

/** What a caller says of a room or device. */
export type ResourceValues = Omit<NewResource, 'id'>

/** Adds a room or device. Throws what `openClinic` throws, and SCHEDULING_RESOURCE_NAME_TAKEN. */
export async function createResource(
  core: Core,
  author: Author,
  values: ResourceValues,
): Promise<ResourceRecord> {
  return commit(core, author, async (client) => {
    await openClinic(client, values.clinicId)
    const [resource] = await insertResources(client, [{ ...values, id: core.newId() }])
    if (resource === undefined) throw new TypeError('a new id was taken')
    return resource
  })
}

/**
 * Says a room or device anew. Visits that have it keep it, switched off or not. Throws as `createResource`, and when
 * it is unknown or has changed.
 */
export async function replaceResource(
  core: Core,
  author: Author,
  { id, expected }: { id: string; expected: Expected },
  values: ResourceValues,
): Promise<ResourceRecord> {
  return commit(core, author, async (client) => {
    const before = await resourceById(client, id, 'FOR UPDATE')
    mustBeCurrent(before.version, expected)
    // What stays where it is may be changed though the clinic is closed for good.
    if (values.clinicId !== before.clinicId) await openClinic(client, values.clinicId)
    return (await updateResource(client, { ...values, id })) ?? before
  })
}

/** Throws SCHEDULING_RESOURCE_UNKNOWN. */
export async function resourceById(
  client: pg.ClientBase | pg.Pool,
  id: string,
  lock: '' | 'FOR UPDATE' = '',
): Promise<ResourceRecord> {
  const resource = await findResource(client, id, lock)
  if (resource !== undefined) return resource
  throw new ProblemError(SchedulingErrors.SCHEDULING_RESOURCE_UNKNOWN, { field: 'id' })
}

async function commit(
  core: Core,
  { traceparent }: Author,
  change: (client: pg.PoolClient) => Promise<ResourceRecord>,
): Promise<ResourceRecord> {
  try {
    return await withTransaction(core.pool, async (client) => {
      const resource = await change(client)
      const { subject, event } = resourceEvent(core, resource)
      const traced = traceparent === undefined ? event : { ...event, traceparent }
      await appendEvents(client, [{ subject, event: traced }])
      return resource
    })
  } catch (error) {
    if (!isNameTaken(error)) throw error
    throw new ProblemError(SchedulingErrors.SCHEDULING_RESOURCE_NAME_TAKEN, { field: 'name', cause: error })
  }
}

function isNameTaken(error: unknown): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === 'resources_name_key'
}

/** The event that tells of a room or device. */
export function resourceEvent(core: Pick<Core, 'now' | 'newId'>, resource: ResourceRecord): OutgoingEvent {
  const { id, version, active, kind, clinicId, name } = resource
  const event: EventEnvelope<ResourceChanged> = {
    id: core.newId(),
    type: 'schedule.resource.changed',
    source: 'scheduling',
    subject: id,
    version,
    occurredAt: formatInstant(core.now()),
    data: { id, version, active, kind, clinicId, name },
  }
  return { subject: namesOf().subjects.resource(id), event }
}
