/**
 * A process of its own: the API server that the controllers meet, with all objects in memory. Its memory and its
 * processor time are not the controllers'. Its settings come as its only argument, and it says by IPC where it listens;
 * it ends with the process that started it.
 */
import { FakeApiServer } from '@medqueue/operator-kit/testing'

import { DEPLOYMENTS, PODS, POOLS, QUEUES } from './kinds.ts'
import { deploymentOf, podOf, poolOf, queueOf } from './objects.ts'
import { readsLog } from './names.ts'

/** What the API server is told. */
export interface Settings {
  /** Pools, each with its Deployment and, every second one, its queue; or queues alone. */
  of: 'pools' | 'queues'
  count: number
  /** Of each pool. */
  workers: number
  tls: { key: string; cert: string }
}

/** About as often as a real one sends them. */
const BOOKMARK_MS = 60_000

const settings = JSON.parse(process.argv[2] ?? '{}') as Settings
const kinds = [POOLS, QUEUES].map((kind) => ({ ...kind, status: true }))
const server = await FakeApiServer.start({ kinds, bookmarkMs: BOOKMARK_MS, tls: settings.tls })
for (let index = 0; index < settings.count; index += 1) {
  if (settings.of === 'queues') server.seed(QUEUES, queueOf(index))
  else seedPool(index, settings.workers)
}

function seedPool(index: number, workers: number): void {
  server.seed(DEPLOYMENTS, deploymentOf(index, workers))
  if (workers > 0) server.seed(PODS, podOf(index))
  if (readsLog(index)) server.seed(QUEUES, queueOf(index))
  server.seed(POOLS, poolOf(index, workers))
}

process.on('disconnect', () => process.exit(0))
process.send?.({ url: server.url })
