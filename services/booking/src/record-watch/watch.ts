import type { Log } from '@medqueue/messaging'
import { repeat, type Repetition } from '@medqueue/service-kit'
import type pg from 'pg'

import { countViolations, nextDoctor } from '../store/count-violations.ts'
import { type Guard, listGuards } from '../store/list-guards.ts'
import type { RecordMetrics } from './metrics.ts'
import { type Counts, Rounds } from './rounds.ts'

/** 400 doctors with fifty visits each are looked at in a minute and a half. */
const LOOK_EVERY_MS = 1_000
const DOCTORS_A_LOOK = 5
/** After a look it rests this many times as long, a minute at most: a hundredth of one core of the database for each replica. */
const REST = 99
const LONGEST_REST_MS = 60_000
/** Visits that began before are over: what is wrong with them was seen when they were still to come. */
const PAST_MS = 24 * 3_600_000

export interface RecordWatchOptions {
  pool: pg.Pool
  metrics: RecordMetrics
  logger: Log
  now: () => Date
  /** Shortest time between two looks; milliseconds. */
  everyMs?: number
  /** How many times as long as a look took it rests; default 99. */
  rest?: number
  doctorsALook?: number
}

/**
 * Looks at the record again and again, some doctors at a time: are two active appointments at one time anywhere, and are
 * the constraints that forbid it in force? Every replica of the api does it, so that no election can make it stop.
 */
export function startRecordWatch(options: RecordWatchOptions): Repetition {
  const { logger, everyMs = LOOK_EVERY_MS, rest = REST } = options
  const look = createLook(options)
  const onError = (error: unknown) =>
    logger.warn({ err: error }, 'the record could not be looked at; it is tried again')
  return repeat({
    turn: async () => {
      const began = performance.now()
      await look().catch(onError)
      return pauseAfter(performance.now() - began, everyMs, rest)
    },
    restMs: everyMs,
    onError,
  })
}

/** How long to rest after a look that took so long; milliseconds. A slow database is not left unwatched for long. */
export const pauseAfter = (tookMs: number, everyMs: number, rest = REST) =>
  Math.max(everyMs, Math.min(tookMs * rest, LONGEST_REST_MS))

/** One look: the guards, and the next slice of the round. Rejects when either could not be looked at. */
export function createLook(options: Omit<RecordWatchOptions, 'everyMs' | 'rest'>): () => Promise<void> {
  const { pool, metrics, logger, now, doctorsALook = DOCTORS_A_LOOK } = options
  const rounds = new Rounds()
  let doctors = doctorsALook
  let told = ''
  const tell = (guards: Readonly<Record<Guard, boolean>>) => {
    const violations = rounds.seen()
    const wrong = describe(violations, guards)
    if (wrong !== told && wrong !== '')
      logger.error({ violations, guards }, 'the record of bookings is wrong')
    told = wrong
  }
  return async () => {
    // First and apart: it is cheap, and what hinders the counting must not hide it.
    const guards = await listGuards(pool)
    metrics.setGuards(guards)
    const { afterDoctor } = rounds
    const since = new Date(now().getTime() - PAST_MS)
    try {
      rounds.add(await countViolations(pool, { afterDoctor, doctors, since }))
      doctors = doctorsALook
      metrics.setViolations(rounds.seen(), now().getTime())
    } catch (error) {
      // Too much for one look: fewer at a time, and one alone is passed over, so that the others are looked at.
      if (doctors === 1 && isCancelled(error)) rounds.pass(await nextDoctor(pool, afterDoctor))
      doctors = Math.max(1, Math.floor(doctors / 2))
      throw error
    } finally {
      tell(guards)
    }
  }
}

/** PostgreSQL has given up the statement: it took too long. */
const isCancelled = (error: unknown) => (error as { code?: unknown } | undefined)?.code === '57014'

/** What is wrong, in a word that is the same while nothing changes; empty when all is well. */
function describe(violations: Counts, guards: Readonly<Record<string, boolean>>): string {
  const wrong = [
    ...Object.entries(violations).filter(([, count]) => count > 0),
    ...Object.entries(guards).filter(([, inForce]) => !inForce),
  ]
  return wrong.flat().join(' ')
}
