import { startsOf } from '../src/kube/pool.ts'
import {
  addService,
  answerOf,
  label,
  removeRouted,
  removeService,
  startRouted,
  untilAnswers,
} from '../src/kube/routed.ts'
import { behaviour } from '../src/suite.ts'
import { INSTALLATION, type World } from '../src/world.ts'

/** What is promised to whoever adds a Service. */
const LIMIT_MS = 10_000

behaviour(
  'a Service with the label is routed through the ingress within ten seconds, and not without it; no gateway starts anew',
  async ({ t, world, tell }) => {
    const before = await startsOf(world, 'gateway', INSTALLATION.namespace)
    t.true(before.length > 0)
    try {
      await startRouted(world)
      t.is(await answerOf(world), 404, 'nobody has the path')
      tell({ addedMs: await timed(world, 200, addService) })
      tell({ unlabelledMs: await timed(world, 404, async () => label(world, null)) })
      tell({ labelledMs: await timed(world, 200, async () => label(world, 'true')) })
      tell({ removedMs: await timed(world, 404, removeService) })
    } finally {
      await removeRouted(world)
    }
    t.deepEqual(await startsOf(world, 'gateway', INSTALLATION.namespace), before)
  },
)

/** Milliseconds from the beginning of a change until all gateways follow it. */
async function timed(
  world: World,
  status: 200 | 404,
  change: (world: World) => Promise<void>,
): Promise<number> {
  const began = performance.now()
  await change(world)
  return untilAnswers(world, status, { began, limitMs: LIMIT_MS })
}
