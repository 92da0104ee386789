import { withTransaction } from '@medqueue/database'

import type { Core } from '../core.ts'
import { horizonAt } from '../domain/horizon.ts'
import { lockIfDue } from '../store/lock-if-due.ts'
import { inParallel } from './in-parallel.ts'
import { publishWindows } from './publish-windows.ts'

/** Doctors published at a time: enough to hide the way to the database, few enough to leave connections to others. */
const AT_ONCE = 4

/**
 * Publishes the windows of doctors whom a committed change has marked as due, each in one transaction. Whom somebody
 * else has published meanwhile is left alone. When it is cut short, the job that rolls the horizon goes on.
 */
export async function publishDue(
  core: Core,
  doctorIds: readonly string[],
  traceparent?: string,
): Promise<void> {
  const horizon = horizonAt(core.now(), core.horizonDays)
  await inParallel(doctorIds, AT_ONCE, async (doctorId) => {
    await withTransaction(core.pool, async (client) => {
      if (await lockIfDue(client, doctorId, horizon))
        await publishWindows(client, core, doctorId, traceparent)
    })
  })
}
