import { setTimeout as delay } from 'node:timers/promises'

import { brokenBudgets, busiestNode, drain, servingOf } from '../src/kube/node.ts'
import { allRolledOut, allServing, PROMPT, withPool, workersAre } from '../src/kube/pool.ts'
import { behaviour } from '../src/suite.ts'
import { underLoad } from '../src/under-load.ts'
import { INSTALLATION, SERVICES } from '../src/world.ts'

/** What keeps running on another node, or with one replica less; the servers have only one each. */
const REPLICATED = [...SERVICES, 'booking-worker', 'booking-queue', 'worker-pool']
const SERVERS = ['postgresql', 'nats', 'redis']

const READS = 5
const WORKERS = 3
/** Evictions that a budget refuses are tried again so long. */
const DRAIN_S = 20
/** PostgreSQL has a minute to end. */
const SERVERS_S = 90
const BACK_MS = 240_000
/** After all is back, load goes on so long. */
const AFTER_MS = 5_000

behaviour(
  'draining the node takes no service away, and every request is decided when it is back',
  async (act) => {
    const { t, world, tell, say } = act
    const node = await busiestNode(world)
    await withPool(world, { minReplicas: WORKERS, maxReplicas: WORKERS, ...PROMPT }, async () => {
      await workersAre(world, WORKERS)
      await underLoad(act, { rate: world.settings.rate, reads: READS }, async () => {
        try {
          const evicted = await drain(world, { node, components: REPLICATED, seconds: DRAIN_S })
          say(`${evicted} pods evicted, the others are kept by their budgets`)
          tell({ evicted })
          t.true(evicted >= REPLICATED.length, `only ${evicted} pods were evicted`)
          const serving = await servingOf(world, REPLICATED)
          t.deepEqual(
            REPLICATED.filter((component) => !serving.has(component)),
            [],
            'nobody serves',
          )
          t.deepEqual(await brokenBudgets(world), [], 'budgets that were not kept')
        } finally {
          await world.kubectl(['uncordon', node])
        }
        await allRolledOut(world, INSTALLATION.namespace, BACK_MS)
        await delay(AFTER_MS)
      })
    })
    await allRolledOut(world, INSTALLATION.operatorNamespace, BACK_MS)
  },
)

behaviour(
  'when the servers are evicted too, requests are put off, and all of them are decided when the node is back',
  async (act) => {
    const { t, world, say } = act
    const node = await busiestNode(world)
    await underLoad(act, { rate: world.settings.rate }, async () => {
      try {
        t.is(await drain(world, { node, components: SERVERS, seconds: SERVERS_S }), SERVERS.length)
        say('database, broker and cache are gone')
        await delay(AFTER_MS)
      } finally {
        await world.kubectl(['uncordon', node])
      }
      await allServing(world, SERVERS, BACK_MS)
      await allRolledOut(world, INSTALLATION.namespace, BACK_MS)
      await delay(AFTER_MS)
    })
  },
)
