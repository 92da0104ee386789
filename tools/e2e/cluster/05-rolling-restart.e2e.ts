import { restart } from '../src/kube/rollout.ts'
import { behaviour } from '../src/suite.ts'
import { underLoad } from '../src/under-load.ts'
import { INSTALLATION, SERVICES } from '../src/world.ts'

const READS = 10
const ROLLOUT = '4m'

/** Restarted together: those whom nobody notices but the gateway, then each that a booking needs. */
const WAVES = [SERVICES.filter((service) => service !== 'booking-api'), ['booking-api'], ['booking-worker']]

behaviour(
  'every service is restarted under load, and nobody is refused but with a 503 that says when to come again',
  async (act) => {
    const { t, world, tell, say } = act
    const took: Record<string, number> = {}
    const { unanswered, putOff } = await underLoad(
      act,
      { rate: world.settings.rate, reads: READS },
      async () => {
        for (const wave of WAVES) {
          const began = performance.now()
          await restart(world, wave.map(deploymentOf), ROLLOUT)
          took[wave.length > 1 ? 'others' : (wave[0] ?? '')] = Math.round((performance.now() - began) / 1_000)
          say(`restarted ${wave.join(', ')}`)
        }
      },
    )
    t.is(unanswered, 0, 'connections that broke')
    tell({ restarts: WAVES.flat().length, putOff, ...prefixed(took) })
  },
)

const deploymentOf = (component: string) => `deployment/${INSTALLATION.release}-${component}`

const prefixed = (seconds: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(seconds).map(([name, value]) => [`restart ${name} s`, value]))
