import { setTimeout as delay } from 'node:timers/promises'

import type { Log } from '@medqueue/messaging'
import type pg from 'pg'

import { countViolations } from '../store/count-violations.ts'
import { listGuards } from '../store/list-guards.ts'
import type { RecordMetrics } from './metrics.ts'
import { type Counts, Rounds } from './rounds.ts'

/** 400 doctors with fifty visits each are looked at in a minute and a half. */
const LOOK_EVERY_MS = 1_000
const DOCTORS_A_LOOK = 5
/** After a look it rests this many times as long, so it never keeps the database busier than a hundredth of one core. */
const REST = 99
/** Visits that began before are over: what is wrong with them was seen when they were still to come. */
const PAST_MS = 24 * 3_600_000

export interface RecordWatchOptions {
  pool: pg.Pool
  metrics: RecordMetrics
  logger: Log
  now: () => Date
  /** Shortest time between two looks; milliseconds. */
  everyMs?: number
  doctorsALook?: number
}

export interface RecordWatch {
  stop: () => Promise<void>
}

/**
 * Looks at the record again and again, some doctors at a time: are two active appointments at one time anywhere, and are
 * the constraints that forbid it in force? Every replica of the api does it, so that no election can make it stop.
 */
export function startRecordWatch(options: RecordWatchOptions): RecordWatch {
  const { logger, everyMs = LOOK_EVERY_MS } = options
  const stopping = new AbortController()
  const look = createLook(options)
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const began = performance.now()
      await look().catch((error: unknown) =>
        logger.warn({ err: error }, 'the record could not be looked at; it is tried again'),
      )
      const pauseMs = pauseAfter(performance.now() - began, everyMs)
      await delay(pauseMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined)
    }
  })()
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

/** How long to rest after a look that took so long; milliseconds. */
export const pauseAfter = (tookMs: number, everyMs: number) => Math.max(everyMs, tookMs * REST)

/** One look: the guards, and the next slice of the round. */
export function createLook(options: Omit<RecordWatchOptions, 'everyMs'>): () => Promise<void> {
  const { pool, metrics, logger, now, doctorsALook = DOCTORS_A_LOOK } = options
  const rounds = new Rounds()
  let told = ''
  return async () => {
    const since = new Date(now().getTime() - PAST_MS)
    const slice = await countViolations(pool, {
      afterDoctor: rounds.afterDoctor,
      doctors: doctorsALook,
      since,
    })
    const guards = await listGuards(pool)
    rounds.add(slice)
    const violations = rounds.seen()
    metrics.set({ violations, guards, nowMs: now().getTime() })
    const wrong = describe(violations, guards)
    if (wrong !== told && wrong !== '')
      logger.error({ violations, guards }, 'the record of bookings is wrong')
    told = wrong
  }
}

/** What is wrong, in a word that is the same while nothing changes; empty when all is well. */
function describe(violations: Counts, guards: Readonly<Record<string, boolean>>): string {
  const wrong = [
    ...Object.entries(violations).filter(([, count]) => count > 0),
    ...Object.entries(guards).filter(([, inForce]) => !inForce),
  ]
  return wrong.flat().join(' ')
}
