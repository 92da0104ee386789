import { withTransaction } from '@medqueue/database'
import { CommonErrors, ProblemError } from '@medqueue/service-kit'

import { SchedulingErrors } from '../errors.ts'
import type { Calendars } from './deps.ts'
import { deleteFeed } from './store/delete-feed.ts'
import { insertFeed } from './store/insert-feed.ts'
import { lockOwner } from './store/lock-owner.ts'
import type { FeedRecord } from './store/records.ts'
import { rotateFeed } from './store/rotate-feed.ts'
import { hashOf } from './token.ts'

/** A calendar program on each of somebody's devices, and some to spare. */
export const MOST_FEEDS = 10

/** A feed with its address, which is told this once. */
export interface OpenedFeed {
  feed: FeedRecord
  url: string
}

/** Opens a private feed of the person's own visits. Throws SCHEDULING_LIMIT. */
export async function openFeed(
  { core, newToken, origin }: Calendars,
  wish: Pick<FeedRecord, 'ownerId' | 'part' | 'places'>,
): Promise<OpenedFeed> {
  const token = newToken()
  const feed = await withTransaction(core.pool, async (client) => {
    await lockOwner(client, wish.ownerId)
    const createdAt = new Date(core.now())
    return insertFeed(client, {
      ...wish,
      id: core.newId(),
      tokenHash: hashOf(token),
      createdAt,
      most: MOST_FEEDS,
    })
  })
  if (feed === undefined) {
    throw new ProblemError(SchedulingErrors.SCHEDULING_LIMIT, {
      detail: `A person has ${MOST_FEEDS} feeds at most.`,
    })
  }
  return { feed, url: addressOf(origin, token) }
}

/** Gives a feed a new address; the old one is not found from now on. Throws SCHEDULING_FEED_UNKNOWN. */
export async function renewFeed(
  { core, newToken, origin }: Calendars,
  { id, ownerId }: Pick<FeedRecord, 'id' | 'ownerId'>,
): Promise<OpenedFeed> {
  const token = newToken()
  const rotatedAt = new Date(core.now())
  const feed = await rotateFeed(core.pool, { id, ownerId, tokenHash: hashOf(token), rotatedAt })
  if (feed === undefined) throw new ProblemError(SchedulingErrors.SCHEDULING_FEED_UNKNOWN, { field: 'id' })
  return { feed, url: addressOf(origin, token) }
}

/** Ends a feed: its address is not found from now on. Throws SCHEDULING_FEED_UNKNOWN. */
export async function closeFeed({ core }: Calendars, id: string, ownerId: string): Promise<void> {
  if (await deleteFeed(core.pool, id, ownerId)) return
  throw new ProblemError(SchedulingErrors.SCHEDULING_FEED_UNKNOWN, { field: 'id' })
}

/** What whoever asks for a feed that is none is told: the same, be it closed, renewed or never there. */
export function noFeed(): ProblemError {
  return new ProblemError(CommonErrors.NOT_FOUND)
}

function addressOf(origin: string, token: string): string {
  return `${origin}/v1/calendar/${token}.ics`
}
