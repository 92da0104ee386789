import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

import test, { type ExecutionContext } from 'ava'

import { listening } from './helpers/impatient.ts'

async function open(t: ExecutionContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  socket.on('error', () => undefined) // The tests look at the end, not at how it came.
  t.teardown(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** All that the server says until it closes the connection. To be asked before anything else is waited for. */
async function untilClosed(socket: Socket): Promise<string> {
  let said = ''
  socket.on('data', (chunk) => (said += String(chunk)))
  if (!socket.closed) await new Promise((resolve) => socket.on('close', resolve))
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

test('a connection without further requests is closed', async (t) => {
  const { port } = await listening(t, { KEEP_ALIVE_TIMEOUT_MS: 200 })
  const socket = await open(t, port)
  socket.write('GET /livez HTTP/1.1\r\nHost: a\r\n\r\n')

  t.true((await untilClosed(socket)).startsWith('HTTP/1.1 200'))
})

test('a thousand slow clients do not keep a quick one waiting', async (t) => {
  const { port } = await listening(t)
  const slow = await Promise.all(Array.from({ length: 1_000 }, async () => open(t, port)))
  const closing = Promise.all(slow.map(untilClosed))
  for (const socket of slow) socket.write('GET /livez HTTP/1.1\r\nHo')

  const answer = await fetch(`http://127.0.0.1:${port}/livez`)

  t.is(answer.status, 200)
  t.is((await closing).length, 1_000)
})
