import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createTestDatabase, type Scope, testServers } from '@medqueue/testing'
import test from 'ava'
import pg from 'pg'

import { createPool, withTransaction } from '../src/index.ts'

async function noMigrations(scope: Scope): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'medqueue-migrations-'))
  scope.teardown(async () => rm(directory, { recursive: true }))
  return directory
}

interface Gate {
  port: number
  /** From now on what the server says waits. */
  shut: () => void
  /** Resolves when at least so many pieces wait. */
  holds: (pieces: number) => Promise<void>
  /** Lets out, in one piece, what has waited. */
  open: () => void
}

/** A way to the server that can keep its answers, to let them arrive together as they do on a busy machine. */
async function startGate(scope: Scope): Promise<Gate> {
  const { hostname, port } = new URL(testServers().postgresUrl)
  const held: { socket: Socket; piece: Buffer }[] = []
  let isShut = false
  let arrived: () => void = () => undefined
  const sockets = new Set<Socket>()
  const server = createServer((inner) => {
    const outer = connect({ host: hostname, port: Number(port) })
    for (const socket of [inner, outer]) sockets.add(socket.on('error', () => undefined))
    inner.on('data', (piece) => outer.write(piece))
    outer.on('data', (piece) => {
      if (!isShut) return void inner.write(piece)
      held.push({ socket: inner, piece })
      arrived()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  scope.teardown(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const holds = async (pieces: number) => {
    while (held.length < pieces) await new Promise<void>((resolve) => (arrived = resolve))
  }
  const open = () => {
    isShut = false
    held[0]?.socket.write(Buffer.concat(held.map(({ piece }) => piece)))
  }
  return { port: (server.address() as AddressInfo).port, shut: () => void (isShut = true), holds, open }
}

test('a connection that the server ends just as it is handed on ends no process', async (t) => {
  const { appUrl } = await createTestDatabase(t, await noMigrations(t))
  const gate = await startGate(t)
  const url = new URL(appUrl)
  url.port = String(gate.port)
  const pool = createPool({ url: url.href, max: 1, name: 'handed-on' })
  const admin = new pg.Client({ connectionString: testServers().postgresUrl })
  await admin.connect()
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')

  gate.shut()
  const before = pool.query('SELECT 1')
  const next = t.throwsAsync(withTransaction(pool, async (client) => client.query('SELECT 2')))
  await gate.holds(1)
  await admin.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid])
  await gate.holds(2)
  gate.open()

  await before
  await next
  const after = await pool.query<{ n: number }>('SELECT 3 AS n')
  t.deepEqual(after.rows, [{ n: 3 }])
  await pool.end()
  await admin.end()
})
