import { setTimeout as delay } from 'node:timers/promises'

import { waitFor } from '@medqueue/cluster'
import type { KubeObject, ObjectKey, Resource } from '@medqueue/operator-kit'

import { conditionOf, POOLS, type Queue, QUEUES } from '../src/kube/kinds.ts'
import { writeSpec } from '../src/kube/owned.ts'
import { type Streams, withStreams } from '../src/kube/streams.ts'
import { TRIAL_BYTES, TRIAL_STREAM, trialPool, trialQueue } from '../src/kube/trial.ts'
import { behaviour } from '../src/suite.ts'
import { underLoad } from '../src/under-load.ts'
import { INSTALLATION, type World } from '../src/world.ts'

const { namespace } = INSTALLATION
const TRIAL_KEY: ObjectKey = { namespace, name: 'e2e' }
const PATIENCE_MS = 30_000
const RATE = 10
/** Patients book for so long before anything happens, and after. */
const MEANWHILE_MS = 2_000

behaviour(
  'a queue has the stream its spec asks for, follows an edit, and goes with its stream',
  async ({ t, world, tell }) => {
    await world.withServers(async ({ natsUrl }) =>
      withStreams(natsUrl, async (streams) => {
        await create(world, trialQueue())
        await readyQueue(world)
        const made = await streams.find(TRIAL_STREAM)
        t.is(made?.config.max_bytes, TRIAL_BYTES)

        const began = performance.now()
        await world.client.patch(QUEUES, TRIAL_KEY, { spec: { limits: { maxBytes: 2 * TRIAL_BYTES } } })
        await streamIs(streams, (info) => info?.config.max_bytes === 2 * TRIAL_BYTES)
        tell({ editMs: Math.round(performance.now() - began) })

        await removeTrialQueue(world)
        t.is(await streams.find(TRIAL_STREAM), undefined, 'the stream went with the queue')

        await create(world, trialQueue())
        await readyQueue(world)
        t.not((await streams.find(TRIAL_STREAM))?.created, made?.created, 'a new queue has a new stream')
        await removeTrialQueue(world)
      }),
    )
  },
)

behaviour('the platform’s own queue and pool are deleted and put back while patients book', async (act) => {
  const { t, world } = act
  const { client } = world
  const queue = await client.get(QUEUES, INSTALLATION.queue)
  const pool = await client.get(POOLS, INSTALLATION.pool)
  t.is(queue.spec.deletionPolicy, 'Retain', 'else the requests would go with it')
  const made = await createdAt(world, queue)
  await underLoad(act, { rate: RATE }, async () => {
    await delay(MEANWHILE_MS)
    await client.delete(QUEUES, INSTALLATION.queue)
    await reasonIs(world, INSTALLATION.pool, 'QueueMissing')
    await writeSpec(client, QUEUES, queue)
    await reasonIs(world, INSTALLATION.pool, 'Scaling')

    await client.delete(POOLS, INSTALLATION.pool)
    await gone(world, POOLS, INSTALLATION.pool)
    await writeSpec(client, POOLS, pool)
    await reasonIs(world, INSTALLATION.pool, 'Scaling')
    await delay(MEANWHILE_MS)
  })
  t.is(await createdAt(world, queue), made, 'the stream stayed')
})

const refused: [string, object, RegExp][] = [
  [
    'fewest workers above the most',
    trialPool({ minReplicas: 4 }),
    /spec\.minReplicas must not be larger than spec\.maxReplicas/,
  ],
  [
    'neither a queue nor a consumer',
    { ...trialPool(), spec: { ...trialPool().spec, queueRef: undefined } },
    /set exactly one of spec\.queueRef and spec\.consumerRef/,
  ],
  ['a time that is none', trialPool({ drainSLO: 'soon' }), /spec\.drainSLO/],
  ['a field nobody knows', trialPool({ replicas: 3 }), /unknown field "spec\.replicas"/],
  ['a number out of range', trialQueue({ partitions: 257 }), /spec\.partitions.*less than or equal to 256/],
  [
    'one stream for both',
    trialQueue({ deadLetter: { stream: TRIAL_STREAM, maxBytes: TRIAL_BYTES } }),
    /spec\.deadLetter\.stream must be another stream than spec\.stream/,
  ],
]

behaviour('objects that make no sense are refused with a sentence', async ({ t, world, tell }) => {
  for (const [what, object, sentence] of refused) {
    const error = await t.throwsAsync(create(world, object), undefined, what)
    t.regex(error.message, sentence, what)
  }
  const patch = JSON.stringify({ spec: { stream: 'ANOTHER' } })
  const { name } = INSTALLATION.queue
  const change = world.kubectl([
    ...['patch', 'bookingqueue', name, '--namespace', namespace, '--type', 'merge', '--patch', patch],
  ])
  const error = await t.throwsAsync(change)
  t.regex(error.message, /spec\.stream cannot be changed: make a new BookingQueue/)
  tell({ refused: refused.length + 1 })
})

const deploymentNamed = (component: string) => ({
  apiVersion: 'apps/v1' as const,
  kind: 'Deployment' as const,
  name: `${INSTALLATION.release}-${component}`,
})

const stalled: [string, object, string][] = [
  ['no such Deployment', trialPool({ targetRef: deploymentNamed('nobody') }), 'TargetMissing'],
  [
    'no such queue',
    // Nothing is done to the gateway: a pool that lacks something does nothing, and this one only observes.
    trialPool({ targetRef: deploymentNamed('gateway'), queueRef: { name: 'none' }, mode: 'Observe' }),
    'QueueMissing',
  ],
  ['a Deployment that another pool scales', trialPool(), 'TargetTaken'],
]

behaviour('what only the world can tell stalls, with a reason', async ({ t, world }) => {
  for (const [what, object, reason] of stalled) {
    await create(world, object)
    await reasonIs(world, TRIAL_KEY, reason)
    const { status } = await world.client.get(POOLS, TRIAL_KEY)
    t.is(conditionOf(status?.conditions, 'Stalled')?.status, 'True', what)
    await world.client.delete(POOLS, TRIAL_KEY)
    await gone(world, POOLS, TRIAL_KEY)
  }
})

async function create({ kubectl }: World, object: object): Promise<void> {
  await kubectl(['create', '--validate=strict', '-f', '-'], { input: JSON.stringify(object) })
}

async function removeTrialQueue(world: World): Promise<void> {
  const { metadata } = await world.client.get(QUEUES, TRIAL_KEY)
  if ((metadata.finalizers ?? []).length === 0) throw new Error('nothing would keep the queue until its end')
  await world.client.delete(QUEUES, TRIAL_KEY)
  await gone(world, QUEUES, TRIAL_KEY)
}

async function gone({ client }: World, resource: Resource, key: ObjectKey): Promise<void> {
  await waitFor(
    async () => {
      const found: KubeObject | undefined = await client.find(resource, key)
      if (found !== undefined) throw new Error('it is still there')
    },
    { what: `the end of ${resource.kind} ${key.name}`, timeoutMs: PATIENCE_MS },
  )
}

async function readyQueue({ client }: World): Promise<void> {
  await waitFor(
    async () => {
      const { status } = await client.get(QUEUES, TRIAL_KEY)
      const ready = conditionOf(status?.conditions, 'Ready')
      if (ready?.status !== 'True') throw new Error(`it is not ready: ${ready?.reason ?? 'nothing is said'}`)
    },
    { what: 'the queue', timeoutMs: PATIENCE_MS, everyMs: 50 },
  )
}

async function reasonIs({ client }: World, key: ObjectKey, reason: string): Promise<void> {
  await waitFor(
    async () => {
      const { status } = await client.get(POOLS, key)
      const said = conditionOf(status?.conditions, 'Ready')?.reason ?? 'nothing'
      if (said !== reason) throw new Error(`it says ${said}`)
    },
    { what: `${reason} of pool ${key.name}`, timeoutMs: PATIENCE_MS, everyMs: 100 },
  )
}

async function streamIs(
  streams: Streams,
  fits: (info: Awaited<ReturnType<Streams['find']>>) => boolean,
): Promise<void> {
  await waitFor(
    async () => {
      if (!fits(await streams.find(TRIAL_STREAM))) throw new Error('it is as it was')
    },
    { what: 'the stream', timeoutMs: PATIENCE_MS, everyMs: 20 },
  )
}

async function createdAt(world: World, { spec }: Queue): Promise<string | undefined> {
  return world.withServers(async ({ natsUrl }) =>
    withStreams(natsUrl, async (streams) => (await streams.find(spec.stream))?.created),
  )
}
