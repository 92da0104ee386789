import { withTransaction } from '@medqueue/database'
import { ProblemError } from '@medqueue/service-kit'
import type pg from 'pg'

import type { Author, Core } from '../core.ts'
import { isZone } from '../domain/zone-timeline.ts'
import { SchedulingErrors } from '../errors.ts'
import { doctorFault, mustOwn } from '../operations/guards.ts'
import { publishWindows } from '../operations/publish-windows.ts'
import { findClinic } from '../store/find-clinic.ts'
import { findDoctor } from '../store/find-doctor.ts'
import { lockSchedule } from '../store/lock-schedule.ts'
import { deleteSubscription } from './store/delete-subscription.ts'
import { findSubscription } from './store/find-subscription.ts'
import { insertSubscription } from './store/insert-subscription.ts'
import { lockOwner } from './store/lock-owner.ts'
import type { SubscriptionRecord } from './store/records.ts'

/** Each is fetched every few minutes, for as long as it is there. */
export const MOST_SUBSCRIPTIONS = 5

export interface NewSubscriptionWish {
  doctorId: string
  url: string
  /** The zone of the doctor's first clinic when not given. */
  zone: string | undefined
}

/**
 * Follows an outside calendar of a doctor from now on. Throws SCHEDULING_NOT_YOURS, SCHEDULING_DOCTOR_UNKNOWN,
 * SCHEDULING_DOCTOR_INACTIVE, SCHEDULING_FIELD_INVALID for a zone that is none, SCHEDULING_LIMIT.
 */
export async function subscribe(
  core: Core,
  author: Author,
  { doctorId, url, zone }: NewSubscriptionWish,
): Promise<SubscriptionRecord> {
  mustOwn(author, doctorId)
  const subscription = await withTransaction(core.pool, async (client) => {
    await lockOwner(client, doctorId)
    const inZone = await ownerZone(client, doctorId, zone)
    const now = new Date(core.now())
    const wish = { id: core.newId(), doctorId, url, zone: inZone, now, most: MOST_SUBSCRIPTIONS }
    return insertSubscription(client, wish)
  })
  if (subscription !== undefined) return subscription
  const detail = `A doctor has ${MOST_SUBSCRIPTIONS} subscriptions at most.`
  throw new ProblemError(SchedulingErrors.SCHEDULING_LIMIT, { detail })
}

async function ownerZone(
  client: pg.ClientBase,
  doctorId: string,
  wanted: string | undefined,
): Promise<string> {
  const doctor = await findDoctor(client, doctorId, 'SHARE')
  const fault = doctorFault(doctor, null)
  if (fault !== undefined) throw fault
  if (wanted !== undefined) return checkedZone(wanted)
  for (const clinicId of doctor?.clinicIds ?? []) {
    const clinic = await findClinic(client, clinicId, 'SHARE')
    if (clinic !== undefined) return clinic.zone
  }
  throw invalidZone('The doctor works at no clinic yet, so the zone must be given.')
}

function checkedZone(zone: string): string {
  if (isZone(zone)) return zone
  throw invalidZone(`${zone} is not a time zone.`)
}

function invalidZone(detail: string): ProblemError {
  return new ProblemError(SchedulingErrors.SCHEDULING_FIELD_INVALID, { field: 'zone', detail })
}

/** Throws SCHEDULING_SUBSCRIPTION_UNKNOWN, for another doctor's too. */
export async function subscriptionById(core: Core, author: Author, id: string): Promise<SubscriptionRecord> {
  const subscription = await findSubscription(core.pool, id)
  if (subscription === undefined || !(author.everybody || subscription.doctorId === author.id)) {
    throw new ProblemError(SchedulingErrors.SCHEDULING_SUBSCRIPTION_UNKNOWN, { field: 'id' })
  }
  return subscription
}

/** Ends a subscription; what it kept busy is open again at once. Throws as above. */
export async function unsubscribe(core: Core, author: Author, id: string): Promise<void> {
  const { doctorId } = await subscriptionById(core, author, id)
  await withTransaction(core.pool, async (client) => {
    await lockSchedule(client, doctorId)
    if (await deleteSubscription(client, id)) await publishWindows(client, core, doctorId, author.traceparent)
  })
}
