import { withTransaction } from '@medqueue/database'
import type { Log } from '@medqueue/messaging'
import { repeat, type Repetition } from '@medqueue/service-kit'
import type pg from 'pg'

import type { Core } from '../core.ts'
import { type Horizon, horizonAt } from '../domain/horizon.ts'
import { deletePastVisits } from '../store/delete-past-visits.ts'
import { listDueSchedules } from '../store/list-due-schedules.ts'
import { lockIfDue } from '../store/lock-if-due.ts'
import { tryRollLock } from '../store/try-roll-lock.ts'
import { publishWindows } from './publish-windows.ts'

const HOUR_MS = 3_600_000
/** An event of a visit may be late; after a month none is. */
const VISITS_KEPT_MS = 30 * 24 * HOUR_MS

/**
 * Publishes the windows of every doctor whose windows do not reach the horizon: once a day for each. Run it as often
 * and in as many replicas as you like: one goes on while the others stop, and under the doctor's lock it is looked at
 * again whether there is anything to do. One doctor that fails does not keep the others back. Returns how many were
 * published.
 */
export async function rollHorizon(core: Core, logger: Log): Promise<number> {
  const horizon = horizonAt(core.now(), core.horizonDays)
  let published = 0
  for (const doctorId of await listDueSchedules(core.pool, horizon)) {
    const outcome = await rollDoctor(core, { doctorId, horizon, logger })
    if (outcome === 'another replica') break
    if (outcome === 'published') published++
  }
  return published
}

interface Step {
  doctorId: string
  horizon: Horizon
  logger: Log
}

type RollOutcome = 'published' | 'done before' | 'another replica' | 'failed'

async function rollDoctor(core: Core, { doctorId, horizon, logger }: Step): Promise<RollOutcome> {
  try {
    return await withTransaction(core.pool, async (client) => roll(client, core, { doctorId, horizon }))
  } catch (error) {
    logger.error({ err: error, doctorId }, 'Horizon of a doctor could not be rolled forward')
    return 'failed'
  }
}

async function roll(
  client: pg.ClientBase,
  core: Core,
  { doctorId, horizon }: Omit<Step, 'logger'>,
): Promise<RollOutcome> {
  if (!(await tryRollLock(client))) return 'another replica'
  if (!(await lockIfDue(client, doctorId, horizon))) return 'done before'
  await publishWindows(client, core, doctorId)
  return 'published'
}

/** Looks every hour, and at once, whether the horizon is to be rolled forward. */
export function startHorizonJob(core: Core, logger: Log): Repetition {
  return repeat({
    turn: async () => {
      await rollHorizon(core, logger).then(
        (published) => published > 0 && logger.info({ published }, 'Horizon rolled forward'),
        (error: unknown) => logger.warn({ err: error }, 'Horizon could not be looked at'),
      )
      await deletePastVisits(core.pool, new Date(core.now() - VISITS_KEPT_MS))
      return undefined
    },
    restMs: HOUR_MS,
    onError: (error) => logger.warn({ err: error }, 'Past appointments stay until the next hour'),
  })
}
