import { conditionOf, isOver, isServing, PODS, POOLS, QUEUES } from '../src/kube/kinds.ts'
import { allRolledOut } from '../src/kube/pool.ts'
import { behaviour } from '../src/suite.ts'
import { INSTALLATION } from '../src/world.ts'

interface Release {
  name: string
  status: string
}

behaviour('both charts are deployed and every pod of theirs is ready', async ({ t, world, tell }) => {
  const { operatorNamespace, operatorRelease, namespace, release } = INSTALLATION
  const releases = JSON.parse(await world.helm(['list', '--all-namespaces', '-o', 'json'])) as Release[]
  for (const name of [release, operatorRelease]) {
    t.is(releases.find((one) => one.name === name)?.status, 'deployed', `release ${name}`)
  }
  const pods: string[] = []
  for (const place of [namespace, operatorNamespace]) {
    await allRolledOut(world, place, 60_000)
    const { items } = await world.client.list(PODS, { namespace: place })
    const running = items.filter((pod) => !isOver(pod) && pod.metadata.deletionTimestamp === undefined)
    t.deepEqual(
      running.filter((pod) => !isServing(pod)).map(({ metadata }) => metadata.name),
      [],
      'pods that are not ready',
    )
    pods.push(...running.map(({ metadata }) => metadata.name))
  }
  tell({ pods: pods.length })
})

behaviour('queue and pool are ready, for the newest of their specs', async ({ t, world }) => {
  const queue = await world.client.get(QUEUES, INSTALLATION.queue)
  const pool = await world.client.get(POOLS, INSTALLATION.pool)
  for (const { kind, metadata, status } of [queue, pool]) {
    t.is(conditionOf(status?.conditions, 'Ready')?.status, 'True', `${kind} is ready`)
    t.is(conditionOf(status?.conditions, 'Stalled')?.status, 'False', `${kind} is not stalled`)
    t.is(status?.observedGeneration, metadata.generation, `${kind} was seen as it is`)
  }
})
