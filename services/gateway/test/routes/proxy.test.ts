import { PATH_TABLE } from '@medqueue/contracts'
import test from 'ava'

import { json } from '../helpers/upstream.ts'
import { createWorld, sendRaw } from '../helpers/world.ts'

test('every path of the path table reaches its service and no other', async (t) => {
  const { url, upstreams } = await createWorld(t)
  for (const { prefix, service } of PATH_TABLE) {
    for (const path of [prefix, `${prefix}/some/thing`]) {
      const answer = await fetch(`${url}${path}?a=%20b&a=c`)
      t.deepEqual(await answer.json(), { from: service })
      const names = Object.entries(upstreams).filter(([, { received }]) => received.length > 0)
      t.deepEqual(
        names.map(([name]) => name),
        [service],
      )
      t.is(upstreams[service as 'booking'].received.pop()?.url, `${path}?a=%20b&a=c`)
    }
  }
})

test('method, body and headers are passed on, and so is the answer', async (t) => {
  const { url, upstreams } = await createWorld(t)
  upstreams.booking.answer((_request, response) => {
    json(response, 201, { id: 1 }, { location: '/v1/appointments/1', etag: '"1"', 'x-own': 'yes' })
  })

  const answer = await fetch(`${url}/v1/appointments`, {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json', 'idempotency-key': 'k', prefer: 'wait=1' },
    body: '{"a":  1}',
  })

  t.is(answer.status, 201)
  t.deepEqual(await answer.json(), { id: 1 })
  t.is(answer.headers.get('location'), '/v1/appointments/1')
  t.is(answer.headers.get('etag'), '"1"')
  t.is(answer.headers.get('x-own'), 'yes')
  const [received] = upstreams.booking.received
  t.like(received, { method: 'POST', body: '{"a":  1}' })
  t.like(received?.headers, {
    'content-type': 'application/fhir+json',
    'idempotency-key': 'k',
    prefer: 'wait=1',
  })
})

for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']) {
  test(`${method} is passed on`, async (t) => {
    const { url, upstreams } = await createWorld(t)
    const answer = await fetch(`${url}/v1/doctors/1`, { method })

    t.is(answer.status, 200)
    t.is(upstreams.directory.received[0]?.method, method)
    t.is(await answer.text(), method === 'HEAD' ? '' : '{"from":"directory"}')
  })
}

test('headers of one hop stay on that hop, in both directions', async (t) => {
  const { url, upstreams } = await createWorld(t)
  upstreams.directory.answer((_request, response) => {
    json(
      response,
      200,
      {},
      { connection: 'x-internal', 'x-internal': 'secret', 'proxy-authenticate': 'Basic' },
    )
  })

  const answer = await sendRaw(
    url,
    'GET /v1/doctors HTTP/1.1\r\nHost: clinic.example\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\n' +
      'Proxy-Authorization: Basic eA==\r\nTE: trailers\r\nX-Stays: 2\r\n\r\n',
  )

  const headers = upstreams.directory.received[0]?.headers ?? {}
  t.is(headers['x-stays'], '2')
  for (const name of ['x-hop', 'proxy-authorization', 'te']) t.is(headers[name], undefined, name)
  t.notRegex(answer, /x-internal|secret|proxy-authenticate/i)
})

test('the service learns who asked from the gateway alone', async (t) => {
  const { url, upstreams } = await createWorld(t, { env: { TRUST_PROXY: '10.0.0.0/8' } })
  const forged = {
    'x-forwarded-for': '6.6.6.6',
    'x-forwarded-host': 'evil.example',
    forwarded: 'for=6.6.6.6',
    'x-real-ip': '6.6.6.6',
    'x-forwarded-prefix': '/evil',
  }

  await fetch(`${url}/v1/doctors`, { headers: forged })

  const headers = upstreams.directory.received[0]?.headers ?? {}
  t.is(headers['x-forwarded-for'], '127.0.0.1')
  t.is(headers['x-forwarded-proto'], 'http')
  t.is(headers['x-forwarded-host'], new URL(url).host)
  t.is(headers.forwarded, undefined)
  t.is(headers['x-real-ip'], undefined)
  t.is(headers['x-forwarded-prefix'], undefined)
})

test('a proxy that is trusted may say who asked', async (t) => {
  const { url, upstreams } = await createWorld(t, { env: { TRUST_PROXY: 'loopback' } })

  await fetch(`${url}/v1/doctors`, {
    headers: { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' },
  })

  t.like(upstreams.directory.received[0]?.headers, {
    'x-forwarded-for': '203.0.113.7',
    'x-forwarded-proto': 'https',
  })
})

test('a trace goes on through the gateway, and one begins where there is none', async (t) => {
  const { url, upstreams } = await createWorld(t)
  const traceId = '0af7651916cd43dd8448eb211c80319c'

  await fetch(`${url}/v1/doctors`, { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } })
  await fetch(`${url}/v1/doctors`)
  await fetch(`${url}/v1/doctors`, { headers: { traceparent: 'rubbish' } })

  const parents = upstreams.directory.received.map(({ headers }) => String(headers.traceparent))
  t.regex(parents[0] ?? '', new RegExp(`^00-${traceId}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`))
  for (const parent of parents) t.regex(parent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  t.is(new Set(parents).size, 3)
})

test('several cookies of one answer stay several', async (t) => {
  const { url, upstreams } = await createWorld(t)
  upstreams.identity.answer((_request, response) => {
    response
      .writeHead(303, { location: '/interaction/1', 'set-cookie': ['a=1; Path=/', 'b=2; Path=/'] })
      .end()
  })

  const answer = await fetch(`${url}/oidc/auth`, { redirect: 'manual' })

  t.is(answer.status, 303)
  t.deepEqual(answer.headers.getSetCookie(), ['a=1; Path=/', 'b=2; Path=/'])
})

test('a large answer is streamed whole', async (t) => {
  const { url, upstreams } = await createWorld(t)
  const large = 'x'.repeat(5_000_000)
  upstreams.directory.answer((_request, response) => json(response, 200, { large }))

  const body = (await (await fetch(`${url}/v1/doctors`)).json()) as { large: string }

  t.is(body.large.length, large.length)
})

test('an upstream that breaks off in mid-answer breaks the answer, not the gateway', async (t) => {
  const { url, upstreams } = await createWorld(t)
  upstreams.directory.answer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{"half":', () => response.destroy())
  })

  await t.throwsAsync(async () => (await fetch(`${url}/v1/doctors`)).text())
  upstreams.directory.answer((_request, response) => json(response, 200, {}))

  t.is((await fetch(`${url}/v1/doctors`)).status, 200)
})

const UNKNOWN = [
  '/v1',
  '/v1/nothing',
  '/v1/doctorsandmore',
  '/v2/doctors',
  '/internal',
  '/v1/doctors/../users',
  '/v1/doctors/%2e%2e/users',
  '/v1/doctors/%2E./users',
  '/v1/doctors/..',
  '/v1/doctors//1',
  '/v1/doctors/a%2fb',
  '/v1/doctors/a%5Cb',
  '/v1/doctors/a\\b',
  '/v1/doctors/%00',
  '//v1/doctors',
  `/v1/doctors/${'a'.repeat(5_000)}`,
]

for (const path of UNKNOWN) {
  test(`${path.slice(0, 40)} is not passed on`, async (t) => {
    const { url, upstreams } = await createWorld(t)

    const answer = await sendRaw(url, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)

    t.regex(answer, /^HTTP\/1.1 (404|414) /)
    t.regex(answer, /content-type: application\/problem\+json/i)
    t.true(Object.values(upstreams).every(({ received }) => received.length === 0))
  })
}

test('a query that is too long is said to be, and not passed on', async (t) => {
  const { url, upstreams } = await createWorld(t)

  const answer = await fetch(`${url}/v1/doctors?search=${'a'.repeat(5_000)}`)

  t.is(answer.status, 414)
  t.like(await answer.json(), { code: 'URI_TOO_LONG' })
  t.is(upstreams.directory.received.length, 0)
})

test('a client that goes away takes its request with it', async (t) => {
  const { url, upstreams } = await createWorld(t)
  const closed = new Promise<void>((resolve) => {
    upstreams.directory.answer((request) => {
      request.socket.once('close', () => resolve())
      client.abort()
    })
  })
  const client = new AbortController()

  await t.throwsAsync(fetch(`${url}/v1/doctors`, { signal: client.signal }))
  await closed
  upstreams.directory.answer((_request, response) => json(response, 200, {}))

  t.is((await fetch(`${url}/v1/doctors`)).status, 200)
})
