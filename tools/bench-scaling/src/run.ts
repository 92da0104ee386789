import { setTimeout as delay } from 'node:timers/promises'

import type { Broker } from '@medqueue/messaging'
import type { KubeClient } from '@medqueue/operator-kit'

import type { Scaler } from './lanes/lane.ts'
import type { Recording } from './measure/recording.ts'
import type { Step } from './measure/steps.ts'
import { startOf } from './clock.ts'
import { type Run, traceOf } from './plan.ts'
import { readCores, usageOf } from './world/machine.ts'
import { startMeter } from './world/meter.ts'
import { publish } from './world/publish.ts'
import { type DoneLog, hearDone, makeQueue, removeQueue, stateOf } from './world/queue.ts'
import { type WorkersWatch, watchWorkers } from './world/watch.ts'
import { endWorkers, makeWorkers, removeWorkers } from './world/workers.ts'

export interface World {
  client: KubeClient
  broker: Broker
  natsUrl: string
  /** Of the workers. */
  image: string
  /** Unix milliseconds. */
  now: () => number
  signal: AbortSignal
}

/** Quiet before a trace at least; milliseconds. */
const SETTLE_MS = 3_000

/** What is left at the end of the trace may take so long; milliseconds. */
const LATE_MS = 60_000

export interface Seen {
  recording: Recording
  /** When the trace began; Unix milliseconds. */
  started: number
}

/** Lets the scaler of the lane meet one trace, on a fresh queue and a Deployment of which no pod runs. */
export async function measure(world: World, scaler: Scaler, run: Run): Promise<Seen> {
  const { client, broker, now } = world
  await makeQueue(broker)
  await makeWorkers(world)
  const watch = await watchWorkers(client, now)
  const done = await hearDone(broker, now)
  try {
    return await record(world, scaler, run, { watch, done })
  } finally {
    done.stop()
    await inTurn([
      async () => together([scaler.detach(), endWorkers(client)]),
      // It might have asked for workers until it was gone.
      async () => removeWorkers(client),
      async () => watch.stop(),
      async () => removeQueue(broker),
    ])
  }
}

interface Ears {
  watch: WorkersWatch
  done: DoneLog
}

async function record(world: World, scaler: Scaler, run: Run, { watch, done }: Ears): Promise<Seen> {
  const { broker, now, signal } = world
  const { arrivals, horizon } = traceOf(run)
  const tick = await unlessAborted(scaler.attach(run), signal)
  const startAt = startOf(run, tick, now() + SETTLE_MS)
  await delay(startAt - now(), undefined, { signal })
  const meter = startMeter({ cores: readCores, usage: () => usageOf(scaler.pids()) })
  const questions = scaler.questions()
  const published = await publish({ broker, arrivals, startAt, now, signal }).catch((error: unknown) => {
    meter.stop()
    throw error
  })
  await delay(Math.max(0, startAt + horizon * 1_000 - now()), undefined, { signal })
  const metered = { ...meter.stop(), questions: scaler.questions() - questions }
  await scaler.assertWorks()
  await allDone(broker, now, signal)
  const { deliveries } = await stateOf(broker)
  const first = published.at[0] ?? startAt
  const since = (at: number) => Math.round(at - first) / 1_000
  const recording = {
    ...metered,
    published: published.at.map(since),
    done: published.at.map((_, index) => {
      const at = done.at.get(index)
      return at === undefined ? null : since(at)
    }),
    doubled: done.doubled(),
    disordered: done.disordered(),
    redelivered: Math.max(done.redelivered(), deliveries - done.at.size),
    asked: shifted(watch.asked, since),
    ready: shifted(watch.ready, since),
    publisherLag: published.lag / 1_000,
  }
  return { recording, started: startAt }
}

const shifted = (steps: readonly Step[], since: (at: number) => number): Step[] =>
  steps.map(({ at, value }) => ({ at: since(at * 1_000), value }))

/** Waits until nothing waits any more, or for as long as that may take. */
export async function allDone(broker: Broker, now: () => number, signal: AbortSignal): Promise<void> {
  const until = now() + LATE_MS
  while ((await stateOf(broker)).waiting > 0 && now() < until) await delay(500, undefined, { signal })
}

/** What is under way goes on, but nobody waits for it any longer. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  const onAbort = () => aborted.reject(signal.reason as Error)
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
    work.catch(() => undefined)
  }
}

/** Waits for all, whatever became of the others, and then throws the first failure. */
async function together(works: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}

/** Does each, whatever became of those before, and then throws the first failure. */
export async function inTurn(works: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const work of works) await work().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}
