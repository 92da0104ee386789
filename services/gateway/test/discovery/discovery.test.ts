import { once } from 'node:events'

import test from 'ava'
import { WebSocket, WebSocketServer } from 'ws'

import { LABEL, PATHS } from '../../src/domain/discovered.ts'
import { createCluster, NAMESPACE } from '../helpers/cluster.ts'
import { json } from '../helpers/upstream.ts'
import { until } from '../helpers/world.ts'

const annotated = (paths: string) => ({ metadata: { annotations: { [PATHS]: paths } } })
const operation = (summary: string) => ({ summary, responses: { 200: { description: 'ok' } } })

test('a Service that gets the label is routed without a restart, and its neighbours stay where they are', async (t) => {
  const { serve, whoAnswers, dialled } = await createCluster(t)
  t.is(await whoAnswers('/v1/labs/7'), 404)

  const labs = await serve('labs', { paths: '/v1/labs,/v1/reports' })
  const took = await until(async () => (await whoAnswers('/v1/labs/7?full=1')) === 'labs')
  t.log(`routed after ${took.toFixed(0)} ms`)

  t.is(await whoAnswers('/v1/reports'), 'labs')
  t.is(await whoAnswers('/v1/labsx'), 404)
  t.is(await whoAnswers('/v1/slots'), 'booking')
  t.is(labs.received[0]?.url, '/v1/labs/7?full=1')
  t.true(dialled.has(`labs.${NAMESPACE}.svc`))
})

test('what is below a longer path of another Service goes there', async (t) => {
  const { serve, whoAnswers } = await createCluster(t)
  await serve('labs', { paths: '/v1/labs' })
  await serve('images', { paths: '/v1/labs/images' })
  await until(async () => (await whoAnswers('/v1/labs/images/3')) === 'images')

  t.is(await whoAnswers('/v1/labs/imagesx'), 'labs')
})

test('writes go there with body and token rules like everywhere else', async (t) => {
  const { serve, whoAnswers, url } = await createCluster(t)
  const labs = await serve('labs', { paths: '/v1/labs' })
  await until(async () => (await whoAnswers('/v1/labs')) === 'labs')

  await fetch(`${url}/v1/labs`, { method: 'POST', body: '{"a":1}' })
  const refused = await fetch(`${url}/v1/labs`, { headers: { authorization: 'Bearer no.such.token' } })

  t.is(labs.received.at(-1)?.body, '{"a":1}')
  t.is(refused.status, 401)
})

test('other paths in the annotation are routed, and those no longer named are not', async (t) => {
  const { serve, whoAnswers, change } = await createCluster(t)
  await serve('labs', { paths: '/v1/labs' })
  await until(async () => (await whoAnswers('/v1/labs')) === 'labs')

  change('labs', annotated('/v1/results'))
  await until(async () => (await whoAnswers('/v1/results')) === 'labs')

  t.is(await whoAnswers('/v1/labs'), 404)
})

test('a Service that listens at another port is asked there', async (t) => {
  const { serve, whoAnswers, change } = await createCluster(t)
  await serve('labs', { paths: '/v1/labs' })
  const other = await serve('spare', { labels: {} })
  await until(async () => (await whoAnswers('/v1/labs')) === 'labs')

  change('labs', { spec: { ports: [{ name: 'http', port: Number(new URL(other.url).port) }] } })

  await until(async () => (await whoAnswers('/v1/labs')) === 'spare')
  t.pass()
})

test('a Service that is deleted, or loses the label, is gone, and what it was asked before is answered', async (t) => {
  const { serve, whoAnswers, remove, change, url, metric } = await createCluster(t)
  const labs = await serve('labs', { paths: '/v1/labs' })
  await serve('images', { paths: '/v1/images' })
  await until(async () => (await whoAnswers('/v1/labs')) === 'labs')
  await until(async () => (await whoAnswers('/v1/images')) === 'images')
  t.is(await metric('gateway_breaker_openness', 'service="labs"'), 0)
  const arrived = Promise.withResolvers<() => void>()
  labs.answer((_request, response) => {
    // The beginning of an answer, and the rest only when the route is gone.
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 200_000 })
    response.write('a'.repeat(100_000))
    arrived.resolve(() => response.end('b'.repeat(100_000)))
  })
  const underWay = fetch(`${url}/v1/labs/slow`)
  const finish = await arrived.promise

  remove('labs')
  change('images', { metadata: { labels: { [LABEL]: 'false' } } })
  await until(async () => (await whoAnswers('/v1/labs')) === 404)
  await until(async () => (await whoAnswers('/v1/images')) === 404)
  finish()

  const answer = await underWay
  t.deepEqual([answer.status, (await answer.text()).length], [200, 200_000])
  t.is(await metric('gateway_breaker_openness', 'service="labs"'), undefined)
  await until(async () => !(await connected(labs.server)))
  t.pass('and its connections are closed')
})

test('no label takes a path of the platform', async (t) => {
  const { serve, whoAnswers, metric } = await createCluster(t)
  const thief = await serve('thief', {
    paths: '/v1/appointments,/oidc,/v1/slots/next,/v1,/,/docs,/metrics,/v1/loot',
  })
  await until(async () => (await whoAnswers('/v1/loot')) === 'thief')

  t.is(await whoAnswers('/v1/appointments'), 'booking')
  t.is(await whoAnswers('/v1/slots/next'), 'booking')
  t.is(await whoAnswers('/oidc/token'), 'identity')
  t.is(await whoAnswers('/v1/anything'), 404)
  t.deepEqual(
    thief.received.map(({ url }) => url),
    ['/v1/loot'],
  )
  t.is(await metric('gateway_discovery_refusals', 'reason="path_reserved"'), 2)
  t.is(await metric('gateway_discovery_refusals', 'reason="path_invalid"'), 5)
})

test('of two Services that ask for one path the older one has it; when it goes, the other one gets it', async (t) => {
  const { serve, whoAnswers, remove, metric } = await createCluster(t)
  await serve('a-first', { paths: '/v1/labs' })
  await until(async () => (await whoAnswers('/v1/labs')) === 'a-first')
  await serve('b-second', { paths: '/v1/labs,/v1/second' })
  await until(async () => (await whoAnswers('/v1/second')) === 'b-second')

  t.is(await whoAnswers('/v1/labs'), 'a-first')
  t.is(await metric('gateway_discovery_refusals', 'reason="path_taken"'), 1)

  remove('a-first')
  await until(async () => (await whoAnswers('/v1/labs')) === 'b-second')
  t.is(await metric('gateway_discovery_refusals', 'reason="path_taken"'), 0)
})

test('a name that leads out of the cluster is never asked for, also when a routed Service becomes one', async (t) => {
  const { add, serve, change, whoAnswers, dialled, metric } = await createCluster(t)
  add('outside', {
    paths: '/v1/outside',
    spec: { type: 'ExternalName', externalName: 'metadata.example' } as object,
  })
  await serve('turncoat', { paths: '/v1/turncoat' })
  await until(async () => (await whoAnswers('/v1/turncoat')) === 'turncoat')
  t.is(await whoAnswers('/v1/outside'), 404)

  change('turncoat', { spec: { type: 'ExternalName', externalName: 'metadata.example', clusterIP: null } })
  await until(async () => (await whoAnswers('/v1/turncoat')) === 404)

  t.is(await metric('gateway_discovery_refusals', 'reason="external_name"'), 2)
  t.false(dialled.has(`outside.${NAMESPACE}.svc`))
  t.true([...dialled].every((name) => name.endsWith(`.${NAMESPACE}.svc`)))
})

test('Services of other namespaces, and those without the label, are not looked at', async (t) => {
  const { serve, whoAnswers, api } = await createCluster(t)
  await serve('foreign', { paths: '/v1/foreign', namespace: 'other' })
  await serve('plain', { paths: '/v1/plain', labels: {} })
  await serve('labs', { paths: '/v1/labs' })
  await until(async () => (await whoAnswers('/v1/labs')) === 'labs')

  t.deepEqual([await whoAnswers('/v1/foreign'), await whoAnswers('/v1/plain')], [404, 404])
  t.true(api.requests.every(({ namespace, plural }) => namespace === NAMESPACE && plural === 'services'))
  t.true(api.requests.every(({ verb }) => verb === 'list' || verb === 'watch'))
})

test('while the API server is away the routes stay, and what changed meanwhile is seen afterwards', async (t) => {
  const { serve, whoAnswers, api, remove } = await createCluster(t)
  await serve('labs', { paths: '/v1/labs' })
  await serve('leaving', { paths: '/v1/leaving' })
  await until(async () => (await whoAnswers('/v1/labs')) === 'labs')
  await until(async () => (await whoAnswers('/v1/leaving')) === 'leaving')
  const port = Number(new URL(api.url).port)

  await api.stop()
  const images = await serve('images', { paths: '/v1/images' })
  remove('leaving')
  t.deepEqual([await whoAnswers('/v1/labs'), await whoAnswers('/v1/leaving')], ['labs', 'leaving'])
  t.is(await whoAnswers('/v1/images'), 404)

  await api.listen(port)
  await until(async () => (await whoAnswers('/v1/images')) === 'images')
  await until(async () => (await whoAnswers('/v1/leaving')) === 404)
  t.is(await whoAnswers('/v1/labs'), 'labs')
  t.true(images.received.length > 0)
})

test('a watch that is reset takes no route away, and the next change is seen', async (t) => {
  const { serve, whoAnswers, api, change } = await createCluster(t)
  await serve('labs', { paths: '/v1/labs' })
  await until(async () => (await whoAnswers('/v1/labs')) === 'labs')

  for (const watch of api.watches('services')) watch.reset()
  change('labs', annotated('/v1/labs,/v1/later'))

  t.is(await whoAnswers('/v1/labs'), 'labs')
  await until(async () => (await whoAnswers('/v1/later')) === 'labs')
})

test('what was there before the gateway is routed with its first request', async (t) => {
  const first = await createCluster(t)
  await first.serve('labs', { paths: '/v1/labs' })
  const second = await createCluster(t, { access: first.api.access() })

  t.is(await second.whoAnswers('/v1/labs'), 'labs')
})

test('with nobody at the API server the gateway starts with the path table', async (t) => {
  const away = await createCluster(t)
  const access = away.api.access()
  away.api.faults.failAlways({ verb: 'list' }, { kind: 'reset' })
  const { whoAnswers } = await createCluster(t, { access })

  t.is(await whoAnswers('/v1/slots'), 'booking')
  t.is(await whoAnswers('/v1/labs'), 404)
})

test('a socket is passed through on the paths that are for sockets, and outlives its Service', async (t) => {
  const { serve, whoAnswers, remove, url } = await createCluster(t)
  const chat = await serve('chat', { paths: '/v1/chat', websocketPaths: '/v1/chat/live' })
  const wss = new WebSocketServer({ server: chat.server })
  t.teardown(() => wss.close())
  wss.on('connection', (socket) => socket.on('message', (text: Buffer) => socket.send(`${text.toString()}?`)))
  await until(async () => (await whoAnswers('/v1/chat')) === 'chat')

  const plain = new WebSocket(`${url.replace('http', 'ws')}/v1/chat`)
  plain.on('error', () => undefined)
  const [, response] = (await once(plain, 'unexpected-response')) as [unknown, { statusCode: number }]
  const live = new WebSocket(`${url.replace('http', 'ws')}/v1/chat/live`)
  await once(live, 'open')
  remove('chat')
  await until(async () => (await whoAnswers('/v1/chat')) === 404)
  live.send('still there')
  const [echo] = (await once(live, 'message')) as [Buffer]
  live.close()
  await once(live, 'close')

  t.is(response.statusCode, 200)
  t.is(echo.toString(), 'still there?')
})

test('a service that is found is documented as long as it is there, with its own paths alone', async (t) => {
  const { serve, remove, url } = await createCluster(t, {
    openapi: { directory: { paths: { '/v1/doctors': { get: operation('doctors') } } } },
  })
  const paths = async () =>
    Object.keys(((await (await fetch(`${url}/openapi.json`)).json()) as { paths: object }).paths).sort()
  await until(async () => (await paths()).length === 1)

  await serve(
    'labs',
    { paths: '/v1/labs' },
    {
      openapi: { paths: { '/v1/labs': { get: operation('labs') }, '/v1/slots': { get: operation('lie') } } },
    },
  )
  await until(async () => (await paths()).length === 2)
  t.deepEqual(await paths(), ['/v1/doctors', '/v1/labs'])

  remove('labs')
  await until(async () => (await paths()).length === 1)
  t.deepEqual(await paths(), ['/v1/doctors'])
})

test('a service that is found and dead is closed off by its breaker, and is used again when it is back', async (t) => {
  const { serve, whoAnswers, metric, url } = await createCluster(t, {
    env: { BREAKER_FAILURES: '3', BREAKER_HALF_OPEN_AFTER_MS: '50', PROBE_INTERVAL_MS: '50' },
  })
  const labs = await serve('labs', { paths: '/v1/labs' })
  await until(async () => (await whoAnswers('/v1/labs')) === 'labs')

  await labs.kill()
  await until(async () => (await metric('gateway_breaker_openness', 'service="labs"')) === 1)
  const answer = await fetch(`${url}/v1/labs`)
  t.is(answer.status, 503)
  t.is(((await answer.json()) as { code: string }).code, 'GATEWAY_UPSTREAM_DOWN')

  await labs.revive()
  await until(async () => (await whoAnswers('/v1/labs')) === 'labs')
})

test('new paths for a Service leave what is known of it, such as an answer that may be kept', async (t) => {
  const { serve, whoAnswers, change } = await createCluster(t)
  const labs = await serve('labs', { paths: '/v1/labs' })
  await until(async () => (await whoAnswers('/v1/labs')) === 'labs')
  labs.answer((_request, response) =>
    json(response, 200, { from: 'labs' }, { 'cache-control': 'public, max-age=600' }),
  )
  await whoAnswers('/v1/labs/kept')

  change('labs', annotated('/v1/labs,/v1/results'))
  await until(async () => (await whoAnswers('/v1/results')) === 'labs')

  t.is(await whoAnswers('/v1/labs/kept'), 'labs')
  t.is(labs.received.filter(({ url }) => url === '/v1/labs/kept').length, 1)
})

async function connected(server: {
  getConnections: (done: (error: unknown, count: number) => void) => void
}) {
  return new Promise<boolean>((resolve) => server.getConnections((_error, count) => resolve(count > 0)))
}
