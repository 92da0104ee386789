import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'

import test, { type ExecutionContext } from 'ava'

import { world } from './helpers/world.ts'

const IMPATIENT = { HEADERS_TIMEOUT_MS: 200, REQUEST_TIMEOUT_MS: 400 }

async function listening(t: ExecutionContext, config: object = IMPATIENT) {
  const { app } = await world(
    t,
    (service) => {
      service.post('/things', { config: { permission: 'public' } }, () => ({}))
    },
    { config },
  )
  await app.listen({ host: '127.0.0.1', port: 0 })
  return { app, port: (app.server.address() as AddressInfo).port }
}

async function open(t: ExecutionContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  socket.on('error', () => undefined) // The tests look at the end, not at how it came.
  t.teardown(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** All that the server says until it closes the connection. */
async function untilClosed(socket: Socket): Promise<string> {
  let said = ''
  socket.on('data', (chunk) => (said += String(chunk)))
  await new Promise((resolve) => socket.on('close', resolve))
  return said
}

test('a client that never ends its headers is sent away', async (t) => {
  const { port } = await listening(t)
  const socket = await open(t, port)
  socket.write('POST /things HTTP/1.1\r\nHost: a\r\nX-Slow: ')

  t.true((await untilClosed(socket)).startsWith('HTTP/1.1 408'))
})

test('a client that sends a header now and then is sent away too', async (t) => {
  const { port } = await listening(t)
  const socket = await open(t, port)
  socket.write('GET /livez HTTP/1.1\r\nHost: a\r\n')
  const drip = setInterval(() => socket.write('X-More: 1\r\n'), 20)
  t.teardown(() => clearInterval(drip))

  t.true((await untilClosed(socket)).startsWith('HTTP/1.1 408'))
})

test('a client that never ends its body is sent away', async (t) => {
  const { port } = await listening(t)
  const socket = await open(t, port)
  socket.write(
    'POST /things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
  )

  t.true((await untilClosed(socket)).startsWith('HTTP/1.1 408'))
})

test('a client that connects and says nothing is sent away', async (t) => {
  const { port } = await listening(t)
  const socket = await open(t, port)

  // A proxy that keeps connections in store would take a word for the answer to its next request.
  t.is(await untilClosed(socket), '')
  t.true(socket.destroyed)
})

test('who has asked while the process had no processor is answered', async (t) => {
  const { app, port } = await listening(t)
  const stalled = new Int32Array(new SharedArrayBuffer(4))
  // Its connection is there, and then the process stands still for longer than headers may take.
  app.server.once('connection', () => void Atomics.wait(stalled, 0, 0, 3 * IMPATIENT.HEADERS_TIMEOUT_MS))
  const client = new Worker(
    `const { workerData, parentPort } = require('node:worker_threads')
     const socket = require('node:net').connect(workerData, '127.0.0.1').setEncoding('utf8')
     socket.on('error', () => undefined).on('close', () => parentPort.postMessage(''))
     socket.on('data', (said) => parentPort.postMessage(said))
     socket.write('GET /livez HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n')`,
    { eval: true, workerData: port },
  )
  t.teardown(async () => client.terminate())

  const [said] = (await once(client, 'message')) as [string]
  t.true(said.startsWith('HTTP/1.1 200'), said)
})

test('a connection without further requests is closed', async (t) => {
  const { port } = await listening(t, { KEEP_ALIVE_TIMEOUT_MS: 200 })
  const socket = await open(t, port)
  socket.write('GET /livez HTTP/1.1\r\nHost: a\r\n\r\n')

  t.true((await untilClosed(socket)).startsWith('HTTP/1.1 200'))
})

test('a thousand slow clients do not keep a quick one waiting', async (t) => {
  const { port } = await listening(t)
  const slow = await Promise.all(Array.from({ length: 1_000 }, async () => open(t, port)))
  for (const socket of slow) socket.write('GET /livez HTTP/1.1\r\nHo')

  const answer = await fetch(`http://127.0.0.1:${port}/livez`)

  t.is(answer.status, 200)
  const closed = await Promise.all(slow.map(untilClosed))
  t.is(closed.length, 1_000)
})
