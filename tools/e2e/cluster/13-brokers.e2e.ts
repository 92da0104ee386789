import { podsOf } from '../src/kube/pool.ts'
import { restart } from '../src/kube/rollout.ts'
import { behaviour } from '../src/suite.ts'
import { underLoad } from '../src/under-load.ts'
import { INSTALLATION } from '../src/world.ts'

const ROLLOUT = '5m'
/** Brokers that keep a copy of each stream among them, so that one may go. */
const QUORATE = 3
/** Share of requests that are asked to come again while brokers with copies restart. */
const MOST_PUT_OFF = 0.001

behaviour(
  'brokers are restarted one after the other under load, and where three of them share the streams hardly anybody is put off',
  async (act) => {
    const { t, world, tell } = act
    const brokers = (await podsOf(world, 'nats', INSTALLATION.namespace)).length
    t.true(brokers > 0, 'the broker is not part of this installation')
    let restartS = 0
    const { requests, putOff } = await underLoad(act, { rate: world.settings.rate }, async () => {
      const began = performance.now()
      await restart(world, [`statefulset/${INSTALLATION.release}-nats`], ROLLOUT)
      restartS = Math.round((performance.now() - began) / 1_000)
    })
    tell({ brokers, restartS, putOffShare: putOff / requests })
    if (brokers >= QUORATE) t.true(putOff < MOST_PUT_OFF * requests, `${putOff} of ${requests} were put off`)
  },
)
