import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

import test, { type ExecutionContext } from 'ava'

import { leases } from '../../src/internal.ts'
import { FakeApiServer, until } from '../../src/testing/index.ts'
import { COUNTER, counters, LEASE } from '../helpers/candidates.ts'

const SCRIPT = join(import.meta.dirname, '../helpers/candidate-process.ts')
const PATIENCE_MS = 30_000

/** Three processes that want to lead, and replacements for those that end. */
class Processes {
  readonly server: FakeApiServer
  readonly #running = new Map<string, ChildProcess>()
  #started = 0

  constructor(server: FakeApiServer) {
    this.server = server
  }

  start(): void {
    this.#started += 1
    const identity = `process-${this.#started}`
    const child = spawn(process.execPath, [SCRIPT, this.server.url, identity], {
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    child.on('exit', () => this.#running.delete(identity))
    this.#running.set(identity, child)
  }

  /** The process that holds the lease and has written under it. */
  async leader(other?: string): Promise<{ identity: string; child: ChildProcess }> {
    let found: { identity: string; child: ChildProcess } | undefined
    await until(() => {
      const identity = this.server.read(leases, LEASE)?.spec?.holderIdentity ?? ''
      const child = this.#running.get(identity)
      const wrote = this.writers.at(-1) === identity
      if (child !== undefined && identity !== other && wrote) found = { identity, child }
      return found !== undefined
    }, PATIENCE_MS)
    if (found === undefined) throw new Error('nobody leads')
    return found
  }

  /** Who wrote the counter, in order. */
  get writers(): string[] {
    return this.server.writes
      .filter(({ request }) => request.plural === 'configmaps')
      .map(({ request }) => request.manager)
  }

  async end(): Promise<void> {
    const children = [...this.#running.values()]
    const ends = children.map(async (child) => once(child, 'exit'))
    for (const child of children) child.kill('SIGKILL')
    await Promise.all(ends)
  }
}

async function processes(t: ExecutionContext): Promise<Processes> {
  const server = await FakeApiServer.start()
  server.seed(counters, { metadata: COUNTER, data: { value: '0' } })
  const all = new Processes(server)
  t.teardown(async () => {
    await all.end()
    await server.close()
  })
  for (let i = 0; i < 3; i += 1) all.start()
  return all
}

/** The writers without repetitions: each term is one entry. */
const terms = (writers: readonly string[]) => writers.filter((writer, i) => writer !== writers[i - 1])

test('lets no process write after its successor, killed or paused twenty times', async (t) => {
  t.timeout(180_000)
  const all = await processes(t)
  const took: number[] = []
  for (let round = 0; round < 20; round += 1) {
    const { identity, child } = await all.leader()
    const pause = round % 2 === 1
    child.kill(pause ? 'SIGSTOP' : 'SIGKILL')
    const began = performance.now()
    const successor = await all.leader(identity)
    took.push(performance.now() - began)
    t.not(successor.identity, identity)
    if (pause) {
      const exit = once(child, 'exit')
      child.kill('SIGCONT')
      const [code] = (await exit) as [number | null]
      t.is(code, 1, 'a process that has lost its lease ends')
    }
    all.start()
  }

  const order = terms(all.writers)
  t.is(new Set(order).size, order.length, 'nobody wrote again after another one had')
  const { value } = all.server.read(counters, COUNTER)?.data ?? {}
  t.is(Number(value), all.writers.length)
  t.log(
    `${all.writers.length} writes; takeover of a 1 s lease after ${Math.max(...took).toFixed(0)} ms at most`,
  )
})
