import { createHash } from 'node:crypto'

import { withTransaction } from '@medqueue/database'
import { BusyError, type Interval } from '@medqueue/icalendar'
import type { Log } from '@medqueue/messaging'

import type { Core } from '../core.ts'
import { DAY_MS } from '../domain/calendar.ts'
import { horizonAt, publishedRange } from '../domain/horizon.ts'
import { publishWindows } from '../operations/publish-windows.ts'
import { lockSchedule } from '../store/lock-schedule.ts'
import type { BusyReader } from './busy/reader.ts'
import { FetchError } from './outside/faults.ts'
import { type FetchLimits, fetchCalendar } from './outside/fetch-calendar.ts'
import type { OutsideWorld } from './outside/world.ts'
import { markFailed } from './store/mark-failed.ts'
import { markFetched } from './store/mark-fetched.ts'
import type { SubscriptionRecord } from './store/records.ts'
import { replaceBusy } from './store/replace-busy.ts'
import { takeDue } from './store/take-due.ts'

/** How often each calendar is looked at; with the time to get round to it, less than five minutes. */
const EVERY_MS = 4 * 60_000
/** And one that has failed some times in a row. */
const FAILING_EVERY_MS = 15 * 60_000
/** Days beyond the horizon that are worked out, so that the horizon may move on while a calendar stays the same. */
const MARGIN_DAYS = 3
/** Even an unchanged calendar is worked out again after this, for the days that have come into sight. */
const READ_AGAIN_MS = DAY_MS

export interface Refreshing {
  core: Core
  world: OutsideWorld
  reader: BusyReader
  logger: Log
  /** Ends what is under way when the service stops. */
  stopping?: AbortSignal
  limits?: FetchLimits
}

/** Looks at every subscription that is due, one after the other; gives how many. Any number may run side by side. */
export async function refreshDue(deps: Refreshing): Promise<number> {
  const { core } = deps
  for (let count = 0; ; count++) {
    if (deps.stopping?.aborted === true) return count
    const now = core.now()
    const subscription = await takeDue(core.pool, new Date(now), new Date(now + EVERY_MS))
    if (subscription === undefined) return count
    await refresh(deps, subscription)
  }
}

/**
 * Fetches one calendar, and closes the doctor's windows for its busy times when they have changed. A calendar that
 * cannot be read keeps what it said before, and the reason is noted.
 */
async function refresh(deps: Refreshing, subscription: SubscriptionRecord): Promise<void> {
  const { core, logger } = deps
  try {
    await look(deps, subscription)
  } catch (error) {
    if (!(error instanceof FetchError || error instanceof BusyError)) throw error
    if (deps.stopping?.aborted === true) return
    const later = new Date(core.now() + FAILING_EVERY_MS)
    await markFailed(core.pool, { id: subscription.id, fault: error.fault, later })
    logger.info({ subscriptionId: subscription.id, fault: error.fault }, 'Outside calendar could not be read')
  }
}

async function look(deps: Refreshing, subscription: SubscriptionRecord): Promise<void> {
  const { core, reader } = deps
  const { id, url, zone, contentHash } = subscription
  const at = new Date(core.now())
  const fresh = isFresh(subscription, core.now())
  const known = fresh ? subscription : { etag: null, lastModified: null }
  const fetched = await fetchCalendar(new URL(url), known, deps)
  if (fetched.kind === 'unchanged') {
    await markFetched(core.pool, { id, at, etag: known.etag, lastModified: known.lastModified })
    return
  }
  const { text, etag, lastModified } = fetched
  const hash = hashOf(text)
  if (fresh && contentHash?.equals(hash) === true) {
    await markFetched(core.pool, { id, at, etag, lastModified })
    return
  }
  const intervals = await reader.read({ ics: text, zone, range: rangeAt(core) })
  await take(core, subscription, intervals, { id, at, etag, lastModified, contentHash: hash })
}

/** True when the last reading still reaches far enough. */
function isFresh({ readAt }: SubscriptionRecord, now: number): boolean {
  return readAt !== null && now - readAt.getTime() < READ_AGAIN_MS
}

/** Of what counts: many servers stamp every event with the time of asking. */
function hashOf(text: string): Buffer {
  return createHash('sha256')
    .update(text.replaceAll(/^DTSTAMP[:;].*$/gm, ''))
    .digest()
}

function rangeAt({ now, horizonDays }: Core): Interval {
  const { start, end } = publishedRange(horizonAt(now(), horizonDays))
  return { start, end: end + MARGIN_DAYS * DAY_MS }
}

async function take(
  core: Core,
  { id, doctorId }: SubscriptionRecord,
  intervals: readonly Interval[],
  mark: Parameters<typeof markFetched>[1],
): Promise<void> {
  await withTransaction(core.pool, async (client) => {
    await lockSchedule(client, doctorId)
    // It may have been ended while its calendar was fetched.
    if (!(await markFetched(client, mark))) return
    if (await replaceBusy(client, { subscriptionId: id, doctorId, intervals })) {
      await publishWindows(client, core, doctorId)
    }
  })
}
