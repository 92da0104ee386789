import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import test, { type ExecutionContext } from 'ava'

import {
  createManager,
  defineResource,
  findCondition,
  type Condition,
  type KubeObject,
} from '../src/index.ts'
import { events } from '../src/internal.ts'
import { FakeApiServer, FakeClock, trackedClient } from '../src/testing/index.ts'
import { addGreeter } from './example/greeter.ts'

interface Greeting extends KubeObject {
  spec: { name: string }
  status?: { conditions?: Condition[] }
}
const kind = { apiVersion: 'example.dev/v1', kind: 'Greeting', plural: 'greetings', namespaced: true }
const greetings = defineResource<Greeting>(kind)
const configMaps = defineResource<KubeObject & { data?: object }>({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
})
const KEY = { namespace: 'prod', name: 'ada' }

async function greeter(t: ExecutionContext) {
  const clock = new FakeClock()
  const server = await FakeApiServer.start({ clock, kinds: [{ ...kind, status: true }] })
  const { client, settled } = trackedClient({ server, clock, fieldManager: 'greeter' })
  const manager = createManager({ client, clock, name: 'example.dev/greeter', identity: 'greeter-0' })
  addGreeter(manager)
  const stop = new AbortController()
  const running = manager.run(stop.signal)
  t.teardown(async () => {
    stop.abort()
    await running
    await server.close()
  })
  const condition = (type: string) =>
    findCondition(server.read(greetings, KEY)?.status?.conditions, type)?.status
  const turnUntil = async (holds: () => boolean) => clock.advanceUntil(holds, { settled })
  return { server, turnUntil, condition, settled }
}

test('does what the README says', async (t) => {
  const { server, turnUntil, condition, settled } = await greeter(t)
  server.seed(greetings, { metadata: KEY, spec: { name: 'Ada' } })
  await turnUntil(() => condition('Ready') === 'True')
  t.deepEqual(server.read(configMaps, KEY)?.data, { text: 'Hello, Ada!' })
  await settled()
  t.deepEqual(
    server.readAll(events).map(({ note }) => note),
    ['Made a greeting for Ada.'],
  )

  server.change(configMaps, KEY, { data: { text: 'Go away!' } })
  await turnUntil(() => JSON.stringify(server.read(configMaps, KEY)?.data).includes('Hello'))
  server.change(greetings, KEY, { spec: { name: '' } })
  await turnUntil(() => condition('Stalled') === 'True')
  server.change(greetings, KEY, { spec: { name: 'Grace' } })
  await turnUntil(() => condition('Ready') === 'True')
  server.remove(greetings, KEY)

  t.is(server.read(configMaps, KEY), undefined)
})

test('is in the README word for word', async (t) => {
  const read = async (path: string) => readFile(join(import.meta.dirname, path), 'utf8')
  const [readme, example] = await Promise.all([read('../README.md'), read('example/greeter.ts')])

  t.true(readme.includes(`\`\`\`ts\n${example}\`\`\``))
})
