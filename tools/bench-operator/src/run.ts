import { rm } from 'node:fs/promises'
import { join } from 'node:path'

import { connectBroker } from '@medqueue/messaging'
import { freePort, startNats } from '@medqueue/servers'

import type { Figures } from './measure/figures.ts'
import { measure, spend } from './measure/measure.ts'
import type { Options } from './options.ts'
import type { Situation } from './situations.ts'
import { type Cluster, startCluster } from './world/cluster.ts'
import { startController, waitUntil } from './world/controller.ts'
import { isReady, POOLS, QUEUES } from './world/kinds.ts'
import { countQuestions, makeQueues } from './world/queues.ts'
import { startHeartbeats } from './world/workers.ts'

/** Everything must be ready within so long. */
const READY_MS = 120_000

export interface RunOptions extends Omit<Options, 'situations'> {
  /** Where servers and controllers keep what they write. */
  folder: string
  signal: AbortSignal
}

/** Puts a controller into a situation of which nothing is left afterwards, and measures it. */
export async function run(situation: Situation, options: RunOptions): Promise<Figures> {
  await using ends = new AsyncDisposableStack()
  const { folder, count, settleSeconds, seconds, signal } = options
  const { of, workers, controller: name } = situation
  const dataDir = join(folder, 'nats')
  await rm(dataDir, { recursive: true, force: true })
  const nats = await startNats({ dataDir, port: await freePort(), monitorPort: await freePort() })
  ends.defer(nats.stop)
  const broker = await connectBroker({ url: nats.url, monitorUrl: nats.monitorUrl, name: 'bench-operator' })
  ends.defer(broker.close)
  const cluster = await startCluster(join(folder, 'service-account'), { of, count, workers })
  ends.defer(cluster.stop)
  if (of === 'pools') await makeQueues(broker, count)
  if (workers > 0) ends.defer(startHeartbeats(broker, count).stop)
  const questions = await countQuestions(broker)
  signal.throwIfAborted()
  const env = { ...cluster.env, NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl }
  const controller = await startController(folder, name, env)
  ends.defer(controller.child.stop)
  const holds = async () => allReady(cluster, of, count)
  await waitUntil(controller, `${count} ${of} to be ready`, { holds, timeoutMs: READY_MS, signal })
  await spend(controller, settleSeconds, signal)
  const figures = await measure(controller, questions, { seconds, signal })
  if (!(await holds())) throw new Error(`Not all ${of} are ready any more`)
  return figures
}

async function allReady({ client }: Cluster, of: 'pools' | 'queues', count: number): Promise<boolean> {
  const { items } = await client.list(of === 'pools' ? POOLS : QUEUES)
  return items.filter(isReady).length === count
}
