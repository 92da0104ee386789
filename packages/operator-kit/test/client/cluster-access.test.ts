import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { RequestOptions } from 'node:https'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

import test, { type ExecutionContext } from 'ava'

import { isInPod, podAccess } from '../../src/client/pod-access.ts'
import { createClient, loadKubeConfig } from '../../src/index.ts'
import { FakeApiServer, FakeClock } from '../../src/testing/index.ts'
import { selfSigned } from '@medqueue/testing'
import { key, pool, pools } from '../helpers/world.ts'

async function directoryOf(t: ExecutionContext, files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'operator-kit-'))
  t.teardown(async () => rm(directory, { recursive: true }))
  await mkdir(directory, { recursive: true })
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
  return directory
}

test('is let in as a pod, with the files that the kubelet keeps', async (t) => {
  const tls = selfSigned()
  await using server = await FakeApiServer.start({ kinds: [pools], tls })
  server.seed(pools, pool('a'))
  const directory = await directoryOf(t, { 'ca.crt': tls.cert, token: 'first\n' })
  const env = { KUBERNETES_SERVICE_HOST: 'localhost', KUBERNETES_SERVICE_PORT: new URL(server.url).port }
  t.true(isInPod(env, directory))
  const clock = new FakeClock()
  const client = createClient({ kubeConfig: podAccess(env, { directory, clock }), fieldManager: 'tester' })
  await client.get(pools, key('a'))
  t.is(server.requests.at(-1)?.user, 'first')

  await writeFile(join(directory, 'token'), 'second')
  await client.get(pools, key('a'))
  t.is(server.requests.at(-1)?.user, 'first')
  clock.advance(60_000)
  await client.get(pools, key('a'))

  t.is(server.requests.at(-1)?.user, 'second')
})

test('knows that it is in no pod', async (t) => {
  const directory = await directoryOf(t, {})

  t.false(isInPod({}, directory))
  t.false(isInPod({ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, directory))
})

test('puts an IPv6 address in brackets', (t) => {
  const access = podAccess({ KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' })

  t.is(access.getCurrentCluster()?.server, 'https://[fd00::1]:6443')
})

test('reads the kubeconfig that is named, whatever the process was started with', async (t) => {
  await using server = await FakeApiServer.start({ kinds: [pools] })
  server.seed(pools, pool('a'))
  const config = server.kubeConfig().exportConfig()
  const directory = await directoryOf(t, { config })
  const kubeConfig = loadKubeConfig({ KUBECONFIG: join(directory, 'config') })
  const client = createClient({ kubeConfig, fieldManager: 'tester' })

  t.is((await client.get(pools, key('a'))).spec.size, 1)
  t.is(server.requests.at(-1)?.user, 'tester')
})

test('reads several kubeconfigs as one: the first that names a context decides', async (t) => {
  const user = { name: 'ada', user: { token: 'x' } }
  const cluster = (name: string) => ({ name, cluster: { server: `https://${name}:6443` } })
  const context = { name: 'ward', context: { cluster: 'ward', user: 'ada' } }
  const directory = await directoryOf(t, {
    first: JSON.stringify({ clusters: [cluster('ward')], 'current-context': 'ward' }),
    second: JSON.stringify({
      clusters: [cluster('lab')],
      users: [user],
      contexts: [context, { name: 'lab', context: { cluster: 'lab', user: 'ada' } }],
      'current-context': 'lab',
    }),
  })
  const paths = ['first', 'second'].map((name) => join(directory, name)).join(delimiter)

  t.is(loadKubeConfig({ KUBECONFIG: paths }).getCurrentCluster()?.server, 'https://ward:6443')
})

test('sends a password where the kubeconfig has one', async (t) => {
  const options: RequestOptions[] = []
  await using server = await FakeApiServer.start({ kinds: [pools] })
  server.seed(pools, pool('a'))
  const { url } = server
  const kubeConfig = {
    getCurrentCluster: () => ({ server: `${url}/` }),
    applyToHTTPSOptions: async (to: RequestOptions) => {
      options.push(to)
      to.auth = 'ada:secret'
    },
  }
  const client = createClient({ kubeConfig, fieldManager: 'tester' })
  await client.get(pools, key('a'))

  t.is(server.requests.at(-1)?.user, `Basic ${Buffer.from('ada:secret').toString('base64')}`)
  t.is(options.length, 1)
})

test('says that a kubeconfig without a cluster is wrong', async (t) => {
  const kubeConfig = { getCurrentCluster: () => null, applyToHTTPSOptions: async () => undefined }
  const client = createClient({ kubeConfig, fieldManager: 'tester' })

  await t.throwsAsync(client.get(pools, key('a')), { message: /names no cluster/ })
})
