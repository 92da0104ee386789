import { waitFor } from '@medqueue/cluster'

import { drainsSince, readDrains } from '../src/kube/drains.ts'
import { editPool, PROMPT, withPool, workersAre } from '../src/kube/pool.ts'
import { downsIn, type ReplicaWatch, watchReplicas } from '../src/kube/replicas.ts'
import { type Holders, openHolders } from '../src/load/holders.ts'
import { behaviour } from '../src/suite.ts'
import { underLoad } from '../src/under-load.ts'
import { INSTALLATION, type World } from '../src/world.ts'

/** Each has partitions: of eight, five workers would leave one with none, as each takes the share rounded up. */
const MOST = 4
const LEAST = 1
/** A round takes some ten seconds; a proof of a hundred decreases is thirty-four rounds. */
const MINUTES = 20

behaviour(
  'workers are only taken away after they have given back their work: nothing is lost, done twice or out of order',
  async (act) => {
    const { t, world, tell, say } = act
    const { scaleDowns, rate } = world.settings
    const watch = await watchReplicas(world.client, INSTALLATION.workers, Date.now)
    const before = await readDrains(world)
    let undrained = 0
    try {
      await withPool(world, { minReplicas: LEAST, maxReplicas: MOST, ...PROMPT }, async () => {
        await world.withServers(async ({ databaseUrl }) => {
          const holders = await openHolders(databaseUrl)
          try {
            await underLoad(act, { rate }, async () => {
              for (let round = 0; downsIn(watch.changes) < scaleDowns; round++) {
                undrained += await upAndDown(world, watch, { holders, round })
                say(`${downsIn(watch.changes)} of ${scaleDowns} scale-downs`)
              }
            })
          } finally {
            await holders.close()
          }
        })
      })
    } finally {
      await watch.stop()
    }
    const answers = drainsSince(before, await readDrains(world))
    tell({ scaleDowns: downsIn(watch.changes), undrained, drained: answers.accepted ?? 0 })
    t.is(undrained, 0, 'workers that were still at work when their number fell')
    t.true((answers.accepted ?? 0) >= downsIn(watch.changes), 'each scale-down asked a worker to finish')
    t.is(answers.overdue ?? 0, 0, 'workers that did not finish in time')
    t.is(answers.plain ?? 0, 0, 'workers that did not listen')
  },
  { minutes: MINUTES },
)

interface Round {
  holders: Holders
  round: number
}

/**
 * Four workers, each with partitions of its own, then one less at a time; in turns because the ceiling falls and
 * because fewer are enough. Resolves to the workers that had not given back everything when the number fell.
 */
async function upAndDown(world: World, watch: ReplicaWatch, { holders, round }: Round): Promise<number> {
  await editPool(world, { minReplicas: MOST, maxReplicas: MOST })
  await workersAre(world, MOST)
  await waitFor(
    async () => {
      const { length } = await holders.holding()
      if (length < MOST) throw new Error(`${length} workers hold partitions`)
    },
    { what: `partitions for ${MOST} workers`, timeoutMs: 30_000, everyMs: 100 },
  )
  let undrained = 0
  for (let target = MOST - 1; target >= LEAST; target--) {
    const maxReplicas = round % 2 === 0 ? target : MOST
    await editPool(world, { minReplicas: target, maxReplicas })
    await waitFor(
      async () => {
        if (watch.replicas() > target) throw new Error(`${watch.replicas()} are asked for`)
      },
      { what: `${target} workers asked for`, timeoutMs: 45_000, everyMs: 20 },
    )
    // Who is on the way out has left the list of the living before the number fell.
    undrained += Math.max(0, (await holders.alive()).length - target)
  }
  return undrained
}
