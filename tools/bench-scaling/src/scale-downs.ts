import { waitFor } from '@medqueue/cluster'

import { applyPool, poolIsReady, type PoolSettings, removePool } from './lanes/pool.ts'
import type { Step } from './measure/steps.ts'
import { allDone, inTurn, type World } from './run.ts'
import { pour, type Pour } from './world/pour.ts'
import { type DoneLog, hearDone, makeQueue, removeQueue, stateOf } from './world/queue.ts'
import { type WorkersWatch, watchWorkers } from './world/watch.ts'
import { makeWorkers, removeWorkers } from './world/workers.ts'

export interface ScaleDowns {
  /** How often the number of workers was lowered while messages came. */
  scaleDowns: number
  messages: number
  lost: number
  doubled: number
  redelivered: number
  disordered: number
}

/** Workers at the beginning of a round. */
const MOST = 4

/**
 * By the ceiling: more comes than the workers that are left can do, so each is at work when it is asked to finish. By the
 * need: so little comes that two are enough for it, and the operator takes the others away by itself.
 */
const ROUNDS = [
  { rate: 100, least: 1, ceiling: true },
  { rate: 10, least: 2, ceiling: false },
] as const
type Round = (typeof ROUNDS)[number]

/** Follows at once, so that a hundred scale-downs take minutes and not hours. */
const PROMPT: Partial<PoolSettings> = {
  idleAfter: '1s',
  scaleDown: { window: '0s', stepPercent: 100, stepPeriod: '0s' },
}

const FOLLOWS_MS = 60_000

/** Lowers the number of simple workers on a durable consumer that often, under load, and looks what became of the messages. */
export async function lowerOften(
  world: World,
  wanted: number,
  say: (line: string) => void,
): Promise<ScaleDowns> {
  const { client, broker, now, signal } = world
  await makeQueue(broker)
  await makeWorkers(world)
  const watch = await watchWorkers(client, now)
  const done = await hearDone(broker, now)
  const load = pour(ROUNDS[0].rate, world)
  try {
    await bound(world, MOST, MOST)
    await poolIsReady(client)
    for (let round = 0; downsIn(watch.asked) < wanted; round++) {
      signal.throwIfAborted()
      await upAndDown(world, { watch, load }, ROUNDS[round % 2 === 0 ? 0 : 1])
      say(`${downsIn(watch.asked)} of ${wanted} scale-downs, ${done.at.size} messages done`)
    }
    const scaleDowns = downsIn(watch.asked)
    await bound(world, MOST, MOST)
    const messages = await load.end()
    await allDone(broker, now, signal)
    return { scaleDowns, messages, ...(await faultsIn(world, done, messages)) }
  } finally {
    await inTurn([
      async () => load.end().catch(() => undefined),
      async () => done.stop(),
      async () => removePool(client),
      async () => removeWorkers(client),
      async () => watch.stop(),
      async () => removeQueue(broker),
    ])
  }
}

interface Scene {
  watch: WorkersWatch
  load: Pour
}

/** All workers, which work off what waits, and then one less at a time. */
async function upAndDown(world: World, { watch, load }: Scene, round: Round): Promise<void> {
  load.setRate(round.rate)
  await bound(world, MOST, MOST)
  await until(world, `${MOST} workers`, () => valueOf(watch.ready) === MOST)
  for (let target = MOST - 1; target >= round.least; target--) {
    await bound(world, target, round.ceiling ? target : MOST)
    await until(world, `${target} workers asked for`, () => valueOf(watch.asked) <= target)
  }
}

const bound = async ({ client }: World, minReplicas: number, maxReplicas: number) =>
  applyPool(client, { minReplicas, maxReplicas, ...PROMPT })

async function until({ signal }: World, what: string, holds: () => boolean): Promise<void> {
  await waitFor(
    async () => {
      if (!holds()) throw new Error('not yet')
    },
    { what, timeoutMs: FOLLOWS_MS, everyMs: 20, giveUp: () => signal.throwIfAborted() },
  )
}

async function faultsIn({ broker }: World, done: DoneLog, messages: number) {
  const { deliveries } = await stateOf(broker)
  return {
    lost: messages - done.at.size,
    doubled: done.doubled(),
    redelivered: Math.max(done.redelivered(), deliveries - done.at.size),
    disordered: done.disordered(),
  }
}

const valueOf = (steps: readonly Step[]) => steps.at(-1)?.value ?? 0

/** How often the value fell. */
export function downsIn(steps: readonly Step[]): number {
  return steps.filter(({ value }, index) => value < (steps[index - 1]?.value ?? 0)).length
}

/** The closing line, and whether it is a proof: enough scale-downs and nothing wrong. */
export function concludeScaleDowns(found: ScaleDowns, wanted: number): { line: string; proved: boolean } {
  const { scaleDowns, messages, ...faults } = found
  const counted = Object.entries(faults).map(([name, count]) => `${name}=${count}`)
  const proved = scaleDowns >= wanted && messages > 0 && Object.values(faults).every((count) => count === 0)
  return {
    proved,
    line: ['bench-scaling:', `scale-downs=${scaleDowns}`, `messages=${messages}`, ...counted].join(' '),
  }
}
