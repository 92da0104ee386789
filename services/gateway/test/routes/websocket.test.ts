import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'

import test, { type ExecutionContext } from 'ava'
import { WebSocket, WebSocketServer } from 'ws'

import { json } from '../helpers/upstream.ts'
import { createWorld, sendRaw, until, type WorldOptions } from '../helpers/world.ts'

interface Refused {
  status: number
  type: string | undefined
  code: unknown
}

async function streamWorld(t: ExecutionContext, options: WorldOptions = {}) {
  const world = await createWorld(t, options)
  const wss = new WebSocketServer({ server: world.upstreams.realtime.server, path: '/v1/stream' })
  t.teardown(() => {
    for (const client of wss.clients) client.terminate()
    wss.close()
  })
  const connect = (path = '/v1/stream?ticket=x', headers: Record<string, string> = {}) => {
    const client = new WebSocket(`${world.url.replace('http', 'ws')}${path}`, { headers })
    client.on('error', () => undefined)
    return client
  }
  /** The plain answer to a request for a socket. */
  const refusal = async (client: WebSocket): Promise<Refused> => {
    const [, response] = (await once(client, 'unexpected-response')) as [unknown, IncomingMessage]
    const parts = (await response.toArray()) as Buffer[]
    const { code } = JSON.parse(Buffer.concat(parts).toString('utf8')) as { code?: unknown }
    return { status: response.statusCode ?? 0, type: response.headers['content-type'], code }
  }
  return { ...world, wss, connect, refusal }
}

test('a socket is passed through from end to end, both ways, with its close code', async (t) => {
  const { wss, connect } = await streamWorld(t)
  const asked = once(wss, 'connection') as Promise<[WebSocket, IncomingMessage]>
  const client = connect('/v1/stream?ticket=x&lastEventId=7', {
    origin: 'https://a.example',
    'x-forwarded-for': '203.0.113.7',
  })
  const [[server, request]] = await Promise.all([asked, once(client, 'open')])

  server.send('down')
  const [down] = (await once(client, 'message')) as [Buffer]
  client.send(Buffer.alloc(300_000, 1))
  const [up] = (await once(server, 'message')) as [Buffer]
  server.ping('p')
  const [ping] = (await once(client, 'ping')) as [Buffer]
  server.close(4401, 'expired')
  const [code, reason] = (await once(client, 'close')) as [number, Buffer]

  t.is(request.url, '/v1/stream?ticket=x&lastEventId=7')
  t.like(request.headers, { origin: 'https://a.example', 'x-forwarded-for': '203.0.113.7' })
  t.regex(request.headers.traceparent as string, /^00-/)
  t.deepEqual([down.toString(), up.length, ping.toString()], ['down', 300_000, 'p'])
  t.deepEqual([code, reason.toString()], [4401, 'expired'])
})

test('what the service sends with its very first bytes arrives', async (t) => {
  const { wss, connect } = await streamWorld(t)
  wss.on('connection', (server) => {
    for (let i = 0; i < 100; i++) server.send(String(i))
  })
  const client = connect()
  const got: string[] = []
  client.on('message', (data: Buffer) => got.push(data.toString()))

  await until(async () => got.length === 100)

  t.deepEqual(
    got,
    Array.from({ length: 100 }, (_, i) => String(i)),
  )
})

test('an end that breaks takes the other one with it', async (t) => {
  const { wss, connect, url } = await streamWorld(t)
  const connections: WebSocket[] = []
  wss.on('connection', (server: WebSocket) => connections.push(server))
  const [one, two] = [connect(), connect()]
  await Promise.all([once(one, 'open'), once(two, 'open')])
  await until(async () => connections.length === 2)
  const serverEnds = Promise.all(connections.map(async (server) => once(server, 'close')))
  const clientEnd = once(two, 'close')

  one.terminate()
  for (const server of connections) server.terminate()
  await Promise.all([serverEnds, clientEnd])
  await until(async () => /gateway_websockets{[^}]*} 0/.test(await (await fetch(`${url}/metrics`)).text()))

  t.pass()
})

test('the answer of a service that refuses a socket is passed on', async (t) => {
  const { connect, refusal, upstreams } = await streamWorld(t)
  upstreams.realtime.server.removeAllListeners('upgrade')
  upstreams.realtime.server.on('upgrade', (_request, socket) => {
    socket.end(
      'HTTP/1.1 401 Unauthorized\r\nContent-Type: application/problem+json\r\nContent-Length: 34\r\n' +
        'Connection: close\r\n\r\n{"code":"REALTIME_TICKET_INVALID"}',
    )
  })

  t.deepEqual(await refusal(connect()), {
    status: 401,
    type: 'application/problem+json',
    code: 'REALTIME_TICKET_INVALID',
  })
})

test('with the service dead a socket is refused with 503', async (t) => {
  const { connect, refusal, upstreams } = await streamWorld(t)
  await upstreams.realtime.kill()

  t.like(await refusal(connect()), {
    status: 503,
    type: 'application/problem+json',
    code: 'GATEWAY_UPSTREAM_DOWN',
  })
})

for (const path of ['/v1/nothing', '/v1/stream/../users', '//v1/stream']) {
  test(`a socket on ${path} is refused with 404`, async (t) => {
    const { url } = await createWorld(t)
    const answer = await sendRaw(
      url,
      `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )

    t.regex(answer, /^HTTP\/1.1 404 /)
  })
}

test('on a path without sockets an upgrade is an ordinary request', async (t) => {
  const { connect, upstreams } = await streamWorld(t)
  upstreams.directory.answer((request, response) =>
    json(response, 200, { upgrade: request.headers.upgrade ?? 'none' }),
  )
  const client = connect('/v1/doctors')
  const [, response] = (await once(client, 'unexpected-response')) as [unknown, IncomingMessage]

  t.is(response.statusCode, 200)
  t.is(upstreams.directory.received[0]?.headers.upgrade, undefined)
})

test('more sockets than the limit are refused until one has closed', async (t) => {
  const { connect, refusal } = await streamWorld(t, { env: { MAX_WEBSOCKETS: '2' } })
  const [one, two] = [connect(), connect()]
  await Promise.all([once(one, 'open'), once(two, 'open')])

  t.like(await refusal(connect()), { status: 503, code: 'GATEWAY_FULL' })
  one.close()
  await once(one, 'close')
  const again = await new Promise<WebSocket>((resolve) => {
    const attempt = () => {
      const client = connect()
      client.once('open', () => resolve(client))
      client.once('unexpected-response', attempt)
    }
    attempt()
  })

  t.is(again.readyState, WebSocket.OPEN)
})

test('a service that goes silent is cut off, and so is the client', async (t) => {
  const { connect } = await streamWorld(t, { env: { WEBSOCKET_IDLE_MS: '200' } })
  const client = connect()
  await once(client, 'open')

  const [code] = (await once(client, 'close')) as [number]

  t.is(code, 1006)
})

test('a stopping gateway ends its sockets', async (t) => {
  const { connect, app } = await streamWorld(t)
  const client = connect()
  await once(client, 'open')
  const closed = once(client, 'close')

  await app.close()

  t.is(((await closed) as [number])[0], 1006)
})
