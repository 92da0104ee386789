import type { ExecutionContext } from 'ava'

import {
  createLeaderElector,
  defineResource,
  isConflict,
  type KubeClient,
  type KubeObject,
  type LeaderElector,
  type LeaderLoss,
  LeadershipLostError,
  type LeaderTiming,
} from '../../src/index.ts'
import { leases } from '../../src/internal.ts'
import { FakeApiServer, FakeClock, trackedClient } from '../../src/testing/index.ts'

export const LEASE = { namespace: 'system', name: 'operator' }

export interface Counter extends KubeObject {
  data: Record<string, string>
}
export const counters = defineResource<Counter>({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
})
export const COUNTER = { namespace: 'system', name: 'counter' }

/** One process that wants to lead; its clock is its own, so that it can be paused alone. */
export class Candidate {
  readonly clock = new FakeClock()
  readonly elector: LeaderElector
  readonly client: KubeClient
  readonly losses: LeaderLoss[] = []
  readonly seen: string[] = []
  readonly settled: () => Promise<void>
  /** What `run` ended with; undefined while it runs. */
  outcome: 'stopped' | Error | undefined
  /** Paused or killed: its clock does not turn. */
  stands = false
  #signal = AbortSignal.abort()

  constructor(server: FakeApiServer, identity: string, timing: LeaderTiming = {}) {
    const { client, settled } = trackedClient({ server, clock: this.clock })
    this.settled = settled
    this.elector = createLeaderElector({
      ...timing,
      client,
      lease: LEASE,
      identity,
      clock: this.clock,
      onStartedLeading: (signal) => (this.#signal = signal),
      onStoppedLeading: (loss) => this.losses.push(loss),
      onNewLeader: (leader) => this.seen.push(leader),
    })
    this.client = client.guardedBy(() => this.elector.assertLeading())
  }

  get name(): string {
    return this.elector.identity
  }

  get leadingSignal(): AbortSignal {
    return this.#signal
  }

  start(): void {
    this.elector.run().then(
      () => (this.outcome = 'stopped'),
      (error: unknown) => (this.outcome = error as Error),
    )
  }

  /** Adds one to the counter as a controller would: reads, then writes what it has read. */
  async count(): Promise<'written' | 'refused here' | 'refused there'> {
    const counter = await this.client.get(counters, COUNTER)
    const value = String(Number(counter.data.value) + 1)
    const history = `${counter.data.history ?? ''} ${this.name}`
    try {
      await this.client.update(counters, { ...counter, data: { value, history } })
      return 'written'
    } catch (error) {
      if (error instanceof LeadershipLostError) return 'refused here'
      if (isConflict(error)) return 'refused there'
      throw error
    }
  }
}

/** Candidates, one server, and a time that passes for all that do not stand. */
export class Election {
  readonly server: FakeApiServer
  readonly candidates: Candidate[] = []
  readonly #timing: LeaderTiming
  /** Milliseconds since the beginning, by a clock that nothing stops. */
  now = 0

  private constructor(server: FakeApiServer, timing: LeaderTiming) {
    this.server = server
    this.#timing = timing
  }

  static async of(t: ExecutionContext, names: string[], timing: LeaderTiming = {}): Promise<Election> {
    const server = await FakeApiServer.start()
    const election = new Election(server, timing)
    server.seed(counters, { metadata: COUNTER, data: { value: '0' } })
    for (const name of names) election.join(name)
    t.teardown(async () => {
      await server.close()
      for (const candidate of election.candidates) await candidate.elector.stop()
    })
    return election
  }

  join(name: string): Candidate {
    const candidate = new Candidate(this.server, name, this.#timing)
    this.candidates.push(candidate)
    candidate.start()
    return candidate
  }

  /** Those who think that they lead. */
  get leaders(): Candidate[] {
    return this.candidates.filter(({ elector, stands }) => !stands && elector.isLeader())
  }

  get holder(): string | undefined {
    return this.server.read(leases, LEASE)?.spec?.holderIdentity
  }

  /** Turns time until the condition holds; milliseconds that took. */
  async until(condition: () => boolean, limitMs = 60_000): Promise<number> {
    const began = this.now
    for (;;) {
      await Promise.all(this.candidates.map(async ({ settled }) => settled()))
      if (condition()) return this.now - began
      if (this.now - began >= limitMs) throw new Error(`it did not happen within ${limitMs} ms`)
      this.now += 50
      for (const { clock, stands } of this.candidates) if (!stands) clock.advance(50)
    }
  }

  async pass(ms: number): Promise<void> {
    const end = this.now + ms
    await this.until(() => this.now >= end, ms + 1_000)
  }

  async leader(): Promise<Candidate> {
    await this.until(() => this.leaders.length === 1)
    const [leader] = this.leaders
    if (leader === undefined) throw new Error('nobody leads')
    return leader
  }
}
