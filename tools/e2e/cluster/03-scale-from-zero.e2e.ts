import { setTimeout as delay } from 'node:timers/promises'

import { waitFor } from '@medqueue/cluster'
import { percentile } from '@medqueue/load-tests/percentile'

import { PROMPT, withPool, workersAre } from '../src/kube/pool.ts'
import { peakOf, type ReplicaWatch, watchReplicas } from '../src/kube/replicas.ts'
import type { Load } from '../src/load/load.ts'
import { behaviour } from '../src/suite.ts'
import { underLoad } from '../src/under-load.ts'
import { INSTALLATION } from '../src/world.ts'

const ASLEEP_MS = 60_000
/** The figure to keep: from the first request of a sleeping pool to the first worker asked for. */
const WAKE_LIMIT_MS = 1_000

const BURST_RATE = 200
const BURST_MS = 5_000

behaviour(
  'a sleeping pool asks for a worker within a second of the first request, time after time',
  async (act) => {
    const { t, world, tell, say } = act
    const { wakes } = world.settings
    const watch = await watchReplicas(world.client, INSTALLATION.workers, Date.now)
    const took: number[] = []
    try {
      await withPool(world, { minReplicas: 0, ...PROMPT }, async () =>
        underLoad(act, { rate: 0 }, async (load) => {
          while (took.length < wakes) {
            await asksForNobody(watch)
            // Not always at the same point of the operator's own rhythm.
            await delay(Math.random() * 1_000)
            took.push(await wakeOnce(watch, load))
            if (took.length % 5 === 0) say(`${took.length} wakes, slowest ${Math.max(...took)} ms`)
          }
        }),
      )
    } finally {
      await watch.stop()
    }
    const sorted = took.toSorted((a, b) => a - b)
    const p99 = percentile(sorted, 0.99)
    tell({ wakes: took.length, wakeP50Ms: percentile(sorted, 0.5), wakeP99Ms: p99 })
    t.true(p99 <= WAKE_LIMIT_MS, `the slowest of ${took.length} took ${p99} ms`)
  },
  { minutes: 12 },
)

async function asksForNobody(watch: ReplicaWatch): Promise<void> {
  await waitFor(
    async () => {
      if (watch.replicas() > 0) throw new Error(`${watch.replicas()} are asked for`)
    },
    { what: 'the pool’s sleep', timeoutMs: ASLEEP_MS, everyMs: 50 },
  )
}

/** Milliseconds from the moment before the request is sent until a worker is asked for. */
async function wakeOnce(watch: ReplicaWatch, load: Load): Promise<number> {
  const seen = watch.changes.length
  const askedAt = Date.now()
  await load.visit()
  const raised = watch.changes.slice(seen).find(({ from, to }) => from === 0 && to > 0)
  if (raised === undefined) throw new Error('the request was decided and no worker was asked for')
  return raised.at - askedAt
}

behaviour('workers come from zero with a burst, decide all of it, and go back to zero', async (act) => {
  const { t, world, tell } = act
  const watch = await watchReplicas(world.client, INSTALLATION.workers, Date.now)
  let asleep = 0
  try {
    await withPool(world, { minReplicas: 0, ...PROMPT }, async () => {
      await workersAre(world, 0, ASLEEP_MS)
      asleep = watch.changes.length
      const { requests } = await underLoad(act, { rate: BURST_RATE }, async () => delay(BURST_MS))
      t.true(requests >= (0.9 * (BURST_RATE * BURST_MS)) / 1_000, `only ${requests} requests were sent`)
      await workersAre(world, 0, ASLEEP_MS)
    })
  } finally {
    await watch.stop()
  }
  const changes = watch.changes.slice(asleep)
  const [first, last] = [changes[0], changes.at(-1)]
  t.is(first?.from, 0, 'it began at zero')
  t.is(last?.to, 0, 'it ended at zero')
  tell({
    burstWorkers: peakOf(changes),
    burstSeconds: Math.round(((last?.at ?? 0) - (first?.at ?? 0)) / 1_000),
  })
})
