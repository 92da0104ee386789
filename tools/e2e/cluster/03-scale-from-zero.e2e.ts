import { setTimeout as delay } from 'node:timers/promises'

import { waitFor } from '@medqueue/cluster'
import { bookAndCancel, createApi, logIn } from '@medqueue/identity/smoke'

import { PROMPT, withPool, workersAre } from '../src/kube/pool.ts'
import { peakOf, watchReplicas } from '../src/kube/replicas.ts'
import { percentile } from '../src/load/outcome.ts'
import { behaviour } from '../src/suite.ts'
import { underLoad } from '../src/under-load.ts'
import { INSTALLATION } from '../src/world.ts'

const ASLEEP_MS = 60_000
const DECISION_MS = 30_000
/** The figure to keep: from the first request of a sleeping pool to the first worker asked for. */
const WAKE_LIMIT_MS = 1_000

const BURST_RATE = 200
const BURST_MS = 5_000

behaviour(
  'a sleeping pool asks for a worker within a second of the first request, time after time',
  async ({ t, world, tell, say }) => {
    const { base, issuer } = world.platform
    const api = createApi(base, await logIn(base, issuer))
    const watch = await watchReplicas(world.client, INSTALLATION.workers, Date.now)
    const wakes: number[] = []
    const decisions: number[] = []
    try {
      await withPool(world, { minReplicas: 0, ...PROMPT }, async () => {
        while (wakes.length < world.settings.wakes) {
          await workersAre(world, 0, ASLEEP_MS)
          // Not always at the same point of the operator's own rhythm.
          await delay(Math.random() * 1_000)
          const { wakeMs, decisionMs } = await wakeOnce()
          wakes.push(wakeMs)
          decisions.push(decisionMs)
          if (wakes.length % 5 === 0) say(`${wakes.length} wakes, slowest ${Math.max(...wakes)} ms`)
        }
      })
    } finally {
      await watch.stop()
    }

    async function wakeOnce() {
      const seen = watch.changes.length
      let askedAt = 0
      const timed = {
        call: async (...args: Parameters<typeof api.call>) => {
          if (args[0] === 'POST' && askedAt === 0) askedAt = Date.now()
          return api.call(...args)
        },
      }
      const { tookMs } = await bookAndCancel({ api: timed, decisionMs: DECISION_MS })
      const raised = await waitFor(
        async () => {
          const change = watch.changes.slice(seen).find(({ from, to }) => from === 0 && to > 0)
          if (change === undefined) throw new Error('no worker was asked for')
          return change
        },
        { what: 'a change of the Deployment', timeoutMs: 5_000, everyMs: 10 },
      )
      return { wakeMs: raised.at - askedAt, decisionMs: tookMs }
    }

    const sorted = wakes.toSorted((a, b) => a - b)
    const p99 = percentile(sorted, 0.99)
    tell({
      wakes: wakes.length,
      wakeP50Ms: percentile(sorted, 0.5),
      wakeP99Ms: p99,
      firstDecisionMaxMs: Math.max(...decisions),
    })
    t.true(p99 <= WAKE_LIMIT_MS, `the slowest of ${wakes.length} took ${p99} ms`)
  },
)

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
