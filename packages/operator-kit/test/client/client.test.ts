import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { KubeConfig } from '@kubernetes/client-node'
import test from 'ava'
import { Registry } from 'prom-client'

import {
  ApiError,
  createClient,
  defineResource,
  isAlreadyExists,
  isConflict,
  isInvalid,
  isNotFound,
  LeadershipLostError,
} from '../../src/index.ts'
import { parseRetryAfter } from '../../src/client/api-errors.ts'
import { FakeApiServer } from '../../src/testing/index.ts'
import { selfSigned } from '@medqueue/testing'
import { key, pool, pools, world } from '../helpers/world.ts'

test('creates, reads, replaces, patches and deletes', async (t) => {
  const { client, server } = await world(t)
  const made = await client.create(pools, pool('a'))
  t.is(made.spec.size, 1)
  const read = await client.get(pools, key('a'))
  t.deepEqual(read, made)
  const replaced = await client.update(pools, { ...read, spec: { size: 2 } })
  t.is(replaced.metadata.generation, 2)
  const patched = await client.patch(pools, key('a'), { spec: { queue: 'x' } })
  t.deepEqual(patched.spec, { size: 2, queue: 'x' })
  await client.delete(pools, key('a'))

  t.is(server.read(pools, key('a')), undefined)
  t.is(await client.find(pools, key('a')), undefined)
})

test('applies what it owns and leaves the rest to others', async (t) => {
  const { client, server } = await world(t)
  await client.apply(pools, { metadata: key('a'), spec: { size: 1 } })
  server.change(pools, key('a'), { spec: { queue: 'theirs' } })
  await client.apply(pools, { metadata: key('a'), spec: { size: 4 } })
  t.deepEqual(server.read(pools, key('a'))?.spec, { size: 4, queue: 'theirs' })
  t.deepEqual(server.owners(pools, key('a')), { tester: ['spec.size'], someone: ['spec.queue'] })

  await client.apply(pools, { metadata: { ...key('a'), labels: { colour: 'red' } } })

  t.is(server.read(pools, key('a'))?.spec.size, undefined)
})

test('takes a field over, unless it is told not to', async (t) => {
  const { client, server } = await world(t)
  await client.apply(pools, { metadata: key('a'), spec: { size: 1 } })
  const polite = { fieldManager: 'other', force: false }
  const refused = await t.throwsAsync(client.apply(pools, { metadata: key('a'), spec: { size: 2 } }, polite))
  t.true(isConflict(refused))
  await client.apply(pools, { metadata: key('a'), spec: { size: 2 } }, { fieldManager: 'other' })

  t.deepEqual(server.owners(pools, key('a')), { other: ['spec.size'] })
})

test('applies status alone, with its own owner', async (t) => {
  const { client, server } = await world(t)
  server.seed(pools, pool('a'))
  const intent = { metadata: key('a'), spec: { size: 99 }, status: { ready: 3 } }
  const stored = await client.applyStatus(pools, intent)

  t.is(stored.status?.ready, 3)
  t.is(stored.spec.size, 1)
  t.is(stored.metadata.generation, 1)
})

test('applies only to the object as it was read when told its resource version', async (t) => {
  const { client, server } = await world(t)
  const { metadata } = server.seed(pools, pool('a'))
  const { resourceVersion } = metadata
  server.change(pools, key('a'), { spec: { size: 2 } })

  const error = await t.throwsAsync(
    client.applyStatus(pools, { metadata: { ...key('a'), resourceVersion }, status: { ready: 1 } }),
  )

  t.true(isConflict(error))
})

test('reads and writes the scale of an object', async (t) => {
  const { client, server } = await world(t)
  const deployments = defineResource({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    plural: 'deployments',
    namespaced: true,
  })
  server.seed(deployments, { metadata: key('web'), spec: { replicas: 2 } } as never)
  const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: key('web'), spec: { replicas: 5 } }
  await client.apply(deployments, scale, { subresource: 'scale' })

  const read = await client.get(deployments, key('web'), { subresource: 'scale' })

  t.like(read, { kind: 'Scale', spec: { replicas: 5 } })
  t.deepEqual(server.owners(deployments, key('web')).tester, ['spec.replicas'])
})

test('tells refusals apart', async (t) => {
  const { client, server } = await world(t)
  const stored = await client.create(pools, pool('a'))
  t.true(isAlreadyExists(await t.throwsAsync(client.create(pools, pool('a')))))
  t.true(isNotFound(await t.throwsAsync(client.get(pools, key('none')))))
  server.change(pools, key('a'), { spec: { size: 2 } })
  const late = await t.throwsAsync(client.update(pools, stored))
  t.true(isConflict(late) && !isAlreadyExists(late))
  const metadata = { ...stored.metadata, resourceVersion: '' }
  t.true(isInvalid(await t.throwsAsync(client.update(pools, { ...stored, metadata }))))
  const preconditions = { resourceVersion: stored.metadata.resourceVersion }
  t.true(isConflict(await t.throwsAsync(client.delete(pools, key('a'), { preconditions }))))
})

test('is content when what it deletes is gone already', async (t) => {
  const { client } = await world(t)

  await t.notThrowsAsync(client.delete(pools, key('none')))
})

test('says what was refused, why, and when to come back', async (t) => {
  const { client, server } = await world(t)
  server.faults.fail(
    { verb: 'get' },
    { kind: 'status', status: 429, retryAfterSeconds: 3, reason: 'TooManyRequests' },
  )

  const error = await t.throwsAsync(client.get(pools, key('a')), { instanceOf: ApiError })

  t.like(error, { code: 'OPERATOR_API', status: 429, reason: 'TooManyRequests', retryAfterMs: 3_000 })
  t.is(error.message, 'get Pool prod/a was refused with 429: an injected fault')
})

test('understands Retry-After as seconds and as a date', (t) => {
  const now = Date.parse('2026-01-05T08:00:00Z')
  t.is(parseRetryAfter('7', now), 7_000)
  t.is(parseRetryAfter('Mon, 05 Jan 2026 08:00:30 GMT', now), 30_000)
  t.is(parseRetryAfter('Mon, 05 Jan 2026 07:00:00 GMT', now), 0)
  t.is(parseRetryAfter('soon', now), undefined)
  t.is(parseRetryAfter(undefined, now), undefined)
})

test('tells no answer from a bad one, and from one that takes too long', async (t) => {
  const { client, server, clock, settled } = await world(t)
  server.faults.fail({ verb: 'get' }, { kind: 'reset' })
  t.like(await t.throwsAsync(client.get(pools, key('a'))), { code: 'OPERATOR_UNREACHABLE', status: 0 })
  server.faults.fail({ verb: 'get' }, { kind: 'text', text: '<html>' })
  t.like(await t.throwsAsync(client.get(pools, key('a'))), { code: 'OPERATOR_BAD_RESPONSE' })
  server.faults.fail({ verb: 'get' }, { kind: 'text', text: '{}' })
  t.like(await t.throwsAsync(client.get(pools, key('a'))), { code: 'OPERATOR_BAD_RESPONSE' })
  server.faults.fail({ verb: 'get' }, { kind: 'hang' })
  const hanging = t.throwsAsync(client.get(pools, key('a'), { timeoutMs: 5_000 }))
  await settled()
  clock.advance(5_000)
  t.like(await hanging, { code: 'OPERATOR_TIMEOUT' })
})

test('gives a call up with the reason of the signal', async (t) => {
  const { client, server, settled } = await world(t)
  server.faults.fail({ verb: 'get' }, { kind: 'hang' })
  const enough = new AbortController()
  const call = client.get(pools, key('a'), { signal: enough.signal })
  await settled()
  enough.abort(new Error('enough'))

  await t.throwsAsync(call, { message: 'enough' })
  await t.throwsAsync(client.get(pools, key('a'), { signal: enough.signal }), { message: 'enough' })
})

test('lets a guard refuse writes before they are sent, and never reads', async (t) => {
  const { client, server } = await world(t)
  server.seed(pools, pool('a'))
  const guarded = client.guardedBy(() => {
    throw new LeadershipLostError()
  })
  const write = { instanceOf: LeadershipLostError }
  await t.throwsAsync(guarded.create(pools, pool('b')), write)
  await t.throwsAsync(guarded.apply(pools, pool('a', 2)), write)
  await t.throwsAsync(guarded.patch(pools, key('a'), {}), write)
  await t.throwsAsync(guarded.delete(pools, key('a')), write)
  await t.throwsAsync(guarded.guardedBy(() => undefined).delete(pools, key('a')), write)
  await guarded.get(pools, key('a'))

  t.is(server.writes.length, 0)
  t.deepEqual(
    server.requests.map(({ verb }) => verb),
    ['get'],
  )
})

test('gives writes that are under way up when the guard ends', async (t) => {
  const { client, server } = await world(t)
  const end = new AbortController()
  const held = server.faults.hold({ verb: 'create' })
  const write = client.guardedBy(() => undefined, end.signal).create(pools, pool('a'))
  await held.arrived
  end.abort(new LeadershipLostError())

  await t.throwsAsync(write, { instanceOf: LeadershipLostError })
  held.release()
})

test('refuses a key that does not fit the kind', async (t) => {
  const { client } = await world(t)

  await t.throwsAsync(client.get(pools, { namespace: '', name: 'a' }), { code: 'OPERATOR_MISUSE' })
  t.throws(() => defineResource({ ...pools, apiVersion: 'Example.dev' }), { code: 'OPERATOR_MISUSE' })
})

test('counts calls by method and status', async (t) => {
  const { client, server, metric } = await world(t)
  await client.create(pools, pool('a'))
  await client.find(pools, key('none'))
  server.faults.fail({ verb: 'get' }, { kind: 'reset' })
  await t.throwsAsync(client.get(pools, key('a')))

  for (const [method, code] of [
    ['POST', '201'],
    ['GET', '404'],
    ['GET', '<error>'],
  ] as const) {
    t.is(await metric('rest_client_requests_total', { method, code }), 1)
  }
})

test('speaks TLS over a connection or two, however many calls it makes', async (t) => {
  const kinds = [{ ...pools, status: true }]
  await using server = await FakeApiServer.start({ kinds, tls: selfSigned() })
  const client = createClient({
    kubeConfig: server.kubeConfig(),
    fieldManager: 'tester',
    registry: new Registry(),
  })
  await client.create(pools, pool('a'))
  for (let i = 0; i < 20; i += 1) await client.get(pools, key('a'))

  t.true(server.connections <= 2, `it made ${server.connections}`)
})

test('makes its first calls at once without one hurting another', async (t) => {
  await using server = await FakeApiServer.start({ kinds: [pools], tls: selfSigned() })
  server.seed(pools, pool('a'))
  const client = createClient({ kubeConfig: server.kubeConfig(), fieldManager: 'tester' })
  const calls = Array.from({ length: 20 }, async () => client.get(pools, key('a')))

  await t.notThrowsAsync(Promise.all(calls))
})

test('asks for credentials again after they could not be had', async (t) => {
  await using server = await FakeApiServer.start({ kinds: [pools] })
  server.seed(pools, pool('a'))
  const kubeConfig = server.kubeConfig()
  let asked = 0
  kubeConfig.addAuthenticator({
    isAuthProvider: () => true,
    applyAuthentication: async () => {
      asked += 1
      if (asked <= 2) throw new Error('the plug-in failed')
    },
  })
  const client = createClient({ kubeConfig, fieldManager: 'tester' })
  const error = await t.throwsAsync(client.get(pools, key('a')))
  t.regex(error.message, /the plug-in failed/)
  await t.throwsAsync(client.get(pools, key('a')))

  t.is((await client.get(pools, key('a'))).spec.size, 1)
})

/** Trusts what is in a file, as a kubelet keeps it up to date. */
function trusting(url: string, caFile: string): KubeConfig {
  const config = new KubeConfig()
  config.loadFromOptions({
    clusters: [{ name: 'fake', server: url, skipTLSVerify: false, caFile }],
    users: [{ name: 'tester', token: 'tester' }],
    contexts: [{ name: 'fake', cluster: 'fake', user: 'tester' }],
    currentContext: 'fake',
  })
  return config
}

test('trusts nobody but the certificate in its file, also when that changes', async (t) => {
  const ours = selfSigned()
  const file = join(await mkdtemp(join(tmpdir(), 'operator-kit-')), 'ca.crt')
  t.teardown(async () => rm(dirname(file), { recursive: true }))
  await using server = await FakeApiServer.start({ kinds: [pools], tls: ours })
  server.seed(pools, pool('a'))
  const client = createClient({ kubeConfig: trusting(server.url, file), fieldManager: 'tester' })
  await writeFile(file, selfSigned().cert)
  await t.throwsAsync(client.get(pools, key('a')), { code: 'OPERATOR_UNREACHABLE' })
  await writeFile(file, ours.cert)
  await t.notThrowsAsync(client.get(pools, key('a')))
  await writeFile(file, selfSigned().cert)

  await t.throwsAsync(client.get(pools, key('a')), { code: 'OPERATOR_UNREACHABLE' })
})
