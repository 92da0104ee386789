import { podsOf, startsOf } from '../src/kube/pool.ts'
import { type SecondRole, withSecondRole } from '../src/kube/second-role.ts'
import { behaviour } from '../src/suite.ts'
import { underLoad } from '../src/under-load.ts'
import { INSTALLATION, type World } from '../src/world.ts'

/** The kubelet brings a changed Secret into the pods within a minute and a half. */
const FOLLOWED_MS = 150_000
const LEFT_MS = 60_000

behaviour(
  'booking’s database role changes in its Secret and back under load, and nobody is restarted or told anything wrong',
  async (act) => {
    const { world, t, tell } = act
    const before = await startsOf(world, 'booking-api', INSTALLATION.namespace)
    const { rate } = world.settings
    await underLoad(act, { rate }, async () =>
      withSecondRole(world, async (role) => {
        try {
          tell({ secretFollowedMs: await change(world, role) })
        } finally {
          await changeBack(world, role)
        }
      }),
    )
    t.deepEqual(await startsOf(world, 'booking-api', INSTALLATION.namespace), before)
  },
  { minutes: 12 },
)

/** Lets the pods follow, then locks the first role out; resolves to milliseconds until every api had followed. */
async function change(world: World, role: SecondRole): Promise<number> {
  const began = performance.now()
  await role.putIntoSecret('second')
  await role.usedBy(role.second, await apis(world), FOLLOWED_MS)
  const followed = Math.round(performance.now() - began)
  await role.allowFirst(false)
  await role.left(role.first, LEFT_MS)
  return followed
}

async function changeBack(world: World, role: SecondRole): Promise<void> {
  await role.allowFirst(true)
  await role.putIntoSecret('first')
  await role.usedBy(role.first, await apis(world), FOLLOWED_MS)
  await role.left(role.second, LEFT_MS)
  await role.remove()
}

const apis = async (world: World): Promise<number> =>
  (await podsOf(world, 'booking-api', INSTALLATION.namespace)).length
