import test from 'ava'

import { createWorld, openRaw, readAll, sendRaw } from '../helpers/world.ts'

const TIMES = { REQUEST_TIMEOUT_MS: '400', HEADERS_TIMEOUT_MS: '200' }

test('who sends headers too slowly is answered 408 and closed', async (t) => {
  const { url, upstreams } = await createWorld(t, { env: TIMES })
  const socket = await openRaw(url)
  socket.write('GET /v1/doctors HTTP/1.1\r\nHost: a\r\n')
  const drip = setInterval(() => socket.write('X: y\r\n'), 50)

  const answer = await readAll(socket)
  clearInterval(drip)

  t.regex(answer, /^HTTP\/1.1 408 /)
  t.is(upstreams.directory.received.length, 0)
})

test('who sends a body too slowly is answered 408 and closed, and no service has waited with it', async (t) => {
  const { url, upstreams } = await createWorld(t, { env: TIMES })
  const socket = await openRaw(url)
  socket.write(
    'POST /v1/appointments HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n',
  )
  const drip = setInterval(() => socket.write(' '), 50)

  const answer = await readAll(socket)
  clearInterval(drip)

  t.regex(answer, /^HTTP\/1.1 408 /)
  t.is(upstreams.booking.received.length, 0)
})

test('no setting lets a request take longer than ten seconds to arrive', async (t) => {
  await t.throwsAsync(createWorld(t, { env: { REQUEST_TIMEOUT_MS: '10001' } }), { code: 'CONFIG_INVALID' })
})

test('a body over the limit is refused with 413 and reaches no service', async (t) => {
  const { url, upstreams } = await createWorld(t, { env: { BODY_LIMIT_BYTES: '1024' } })
  const chunked = new ReadableStream({
    pull(controller) {
      controller.enqueue(Buffer.alloc(600))
    },
  })

  const declared = await fetch(`${url}/v1/appointments`, { method: 'POST', body: 'x'.repeat(1_025) })
  const streamed = await fetch(`${url}/v1/appointments`, { method: 'POST', body: chunked, duplex: 'half' })

  for (const answer of [declared, streamed]) {
    t.is(answer.status, 413)
    t.is(((await answer.json()) as { code: string }).code, 'BODY_TOO_LARGE')
  }
  t.is(upstreams.booking.received.length, 0)
})

for (const [what, text, status] of [
  ['headers over 16 KiB', `GET /v1/doctors HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
  ['no HTTP', 'hello\r\n\r\n', 400],
  [
    'two lengths',
    'POST /v1/users HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    400,
  ],
  [
    'a length beside chunks',
    'POST /v1/users HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['a broken chunk', 'POST /v1/users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', 400],
  ['a header with a line break in it', 'GET /v1/users HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n', 400],
] as const) {
  test(`${what}: refused with ${status}, and nothing is passed on`, async (t) => {
    const { url, upstreams } = await createWorld(t)

    const answer = await sendRaw(url, text)

    t.regex(answer, new RegExp(`^HTTP/1.1 ${status} `))
    t.regex(answer, /application\/problem\+json/)
    t.true(Object.values(upstreams).every(({ received }) => received.length === 0))
  })
}

test('requests over the limit of a minute are refused with 429 and reach no service', async (t) => {
  const { url, upstreams } = await createWorld(t, { env: { RATE_LIMIT_PER_MINUTE: '5' } })

  const answers = await Promise.all(Array.from({ length: 12 }, async () => fetch(`${url}/v1/doctors`)))

  // A minute may end in between, which starts the count anew.
  const served = answers.filter(({ status }) => status === 200).length
  t.true(served === 5 || served === 10, `${served} served`)
  t.is(upstreams.directory.received.length, served)
  const refused = answers.find(({ status }) => status === 429)
  t.truthy(refused?.headers.get('retry-after'))
  t.is(refused?.headers.get('ratelimit-remaining'), '0')
})

for (const variable of [
  'UPSTREAM_BOOKING',
  'TRUSTED_ORIGINS',
  'BREAKER_HALF_OPEN_AFTER_MS',
  'MAX_WEBSOCKETS',
  'DISCOVERY_NAMESPACE',
]) {
  test(`a wrong ${variable} is named at the start`, async (t) => {
    const error = await t.throwsAsync(createWorld(t, { env: { [variable]: 'ftp://x y' } }))

    t.regex(error.message, new RegExp(variable))
  })
}
