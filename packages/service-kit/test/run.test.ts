import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'

import { freePort } from '@medqueue/servers'
import test, { type ExecutionContext } from 'ava'

interface Line {
  msg?: string
  url?: string
  [field: string]: unknown
}

interface Running {
  child: ChildProcess
  lines: Line[]
  /** Resolves with the line once it has been logged. */
  logged: (msg: string) => Promise<Line>
  ended: Promise<number | null>
}

/** A process of its own, for signals end processes. */
function start(t: ExecutionContext, env: Record<string, string>): Running {
  const program = new URL('helpers/process.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => void child.kill('SIGKILL'))
  const lines: Line[] = []
  const waiting = new Map<string, (line: Line) => void>()
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as Line
    lines.push(line)
    waiting.get(line.msg ?? '')?.(line)
  })
  const logged = async (msg: string) => {
    return lines.find((line) => line.msg === msg) ?? new Promise<Line>((resolve) => waiting.set(msg, resolve))
  }
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  return { child, lines, logged, ended }
}

test('on SIGTERM it is first not ready, then closes, then lets go of its connections', async (t) => {
  const { child, lines, logged, ended } = start(t, { PORT: '0', DELAY: '3000' })
  const { url = '' } = await logged('service is ready')
  t.is((await fetch(`${url}/readyz`)).status, 200)

  child.kill('SIGTERM')
  await logged('service stops')
  t.is((await fetch(`${url}/readyz`)).status, 503)
  t.is((await fetch(`${url}/quick`)).status, 200)

  t.is(await ended, 0)
  const order = lines.map(({ msg }) => msg).filter((msg) => msg !== 'request completed')
  t.deepEqual(order.slice(-3), ['service stops', 'connections are closed', 'service has stopped'])
})

test('a request in flight is answered before the end', async (t) => {
  const { child, logged, ended } = start(t, { PORT: '0', DELAY: '0' })
  const { url = '' } = await logged('service is ready')
  const answer = fetch(`${url}/slow`)
  await logged('slow request has begun')

  child.kill('SIGTERM')

  t.is((await answer).status, 200)
  t.is(await ended, 0)
})

test('an uncaught error ends the process in order, with a code', async (t) => {
  const { lines, logged, ended } = start(t, { PORT: '0', DELAY: '60000' })
  const { url = '' } = await logged('service is ready')

  await fetch(`${url}/crash`).catch(() => undefined)

  t.is(await ended, 1)
  t.like(
    lines.find(({ level }) => level === 'fatal'),
    { err: { text: 'nobody caught this' } },
  )
  t.true(lines.some(({ msg }) => msg === 'connections are closed'))
})

test('a taken port is an error that says so, and nothing is left open', async (t) => {
  const port = await freePort()
  const first = start(t, { PORT: String(port), DELAY: '0' })
  await first.logged('service is ready')

  const second = start(t, { PORT: String(port), DELAY: '0' })

  t.is((await second.logged('cannot start')).code, 'EADDRINUSE')
  t.is(await second.ended, 1)
  t.true(second.lines.some(({ msg }) => msg === 'connections are closed'))
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.destroy()
})

test('a port that another service of the same kind holds is refused, although it is shared among own sockets', async (t) => {
  // Its own choice: a free port that is looked for first may be taken by somebody else before it is used.
  const first = start(t, { PORT: '0', DELAY: '0' })
  const { url = '' } = await first.logged('service is ready')
  const second = start(t, { PORT: new URL(url).port, DELAY: '0' })
  t.is(await second.ended, 1)
  t.is((await fetch(`${url}/quick`)).status, 200)
})

test('hundreds of connections at once are all taken, on whichever socket they arrive', async (t) => {
  const { child, logged, ended } = start(t, { PORT: '0', DELAY: '0' })
  const { url = '' } = await logged('service is ready')
  const { hostname, port } = new URL(url)
  const answers = await Promise.all(
    Array.from({ length: 400 }, async () => {
      const socket = connect(Number(port), hostname)
      socket.write(`GET /quick HTTP/1.1\r\nhost: ${hostname}\r\nconnection: close\r\n\r\n`)
      let text = ''
      for await (const chunk of socket) text += String(chunk)
      return text.slice(0, 12)
    }),
  )
  t.deepEqual(new Set(answers), new Set(['HTTP/1.1 200']))
  child.kill('SIGTERM')
  t.is(await ended, 0)
})
