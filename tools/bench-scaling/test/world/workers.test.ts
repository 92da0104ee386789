import { createClient } from '@medqueue/operator-kit'
import { FakeApiServer } from '@medqueue/operator-kit/testing'
import test, { type ExecutionContext } from 'ava'

import { type Deployment, DEPLOYMENTS, type Pod, PODS } from '../../src/world/kinds.ts'
import { LABELS, NAMESPACE, WORKERS } from '../../src/world/names.ts'
import { endWorkers } from '../../src/world/workers.ts'

const pod = (name: string) => ({
  // The node takes it away when the pod has ended.
  metadata: { namespace: NAMESPACE, name, labels: LABELS, finalizers: ['bench/node'] },
  spec: { containers: [{ image: 'worker' }] },
})
const podKey = (name: string) => ({ namespace: NAMESPACE, name })

async function openCluster(t: ExecutionContext) {
  const server = await FakeApiServer.start()
  t.teardown(async () => server.close())
  const client = createClient({ kubeConfig: server.access(), fieldManager: 'bench-scaling' })
  server.seed<Deployment>(DEPLOYMENTS, { metadata: { ...WORKERS }, spec: { replicas: 2 } })
  for (const name of ['a', 'b']) server.seed<Pod>(PODS, pod(name))
  return { server, client }
}

test('workers that are on their way out are not waited for, and nobody else ends them', async (t) => {
  const { server, client } = await openCluster(t)
  server.remove(PODS, podKey('a'))
  const forced: (string | undefined)[] = []
  server.onWrite(({ request, object }) => {
    if (request.verb !== 'delete') return
    forced.push(request.name)
    server.change(PODS, podKey(object.metadata.name), { metadata: { finalizers: null } })
    // Only now does the Deployment's controller get to the other one.
    if (request.name === 'a') server.remove(PODS, podKey('b'))
  })
  await endWorkers(client)
  t.deepEqual(forced, ['a', 'b'])
  t.deepEqual(server.readAll(PODS), [])
  t.is(server.read(DEPLOYMENTS, WORKERS)?.spec.replicas, 0)
  const [deletion] = server.requests.filter(({ verb }) => verb === 'delete')
  t.like(deletion?.body, { gracePeriodSeconds: 0 })
})

test('without a Deployment there is nothing to end', async (t) => {
  await using server = await FakeApiServer.start()
  const client = createClient({ kubeConfig: server.access(), fieldManager: 'bench-scaling' })
  await t.notThrowsAsync(endWorkers(client))
})
