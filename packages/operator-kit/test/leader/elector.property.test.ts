import test from 'ava'
import fc from 'fast-check'

import { COUNTER, counters, Election } from '../helpers/candidates.ts'

const who = fc.integer({ min: 0, max: 2 })
const trouble = fc.oneof(
  fc.record({ do: fc.constant('pause' as const), who, ms: fc.integer({ min: 1_000, max: 40_000 }) }),
  fc.record({ do: fc.constant('kill' as const), who }),
  fc.record({ do: fc.constant('stop' as const), who }),
  fc.record({ do: fc.constant('cut' as const), ms: fc.integer({ min: 1_000, max: 20_000 }) }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 500, max: 20_000 }) }),
)
type Trouble = typeof trouble extends fc.Arbitrary<infer T> ? T : never

/** Two or three candidates that are troubled, with replacements for those that end. */
class Contest {
  readonly election: Election
  readonly faults: string[] = []
  #joined = 0
  #killed = 0

  constructor(election: Election) {
    this.election = election
  }

  /** Candidates that may still lead. */
  get living() {
    return this.election.candidates.filter(({ outcome, stands }) => outcome === undefined && !stands)
  }

  async apply(next: Trouble): Promise<void> {
    await this.#trouble(next)
    await this.pass(100)
    // Whoever has ended is started anew, as its pod would be.
    const ended = this.election.candidates.filter(({ outcome }) => outcome !== undefined).length
    while (this.#joined < ended + this.#killed) this.#join()
  }

  async #trouble(next: Trouble): Promise<void> {
    const { election } = this
    if (next.do === 'pass') return this.pass(next.ms)
    if (next.do === 'cut') {
      const mend = election.server.faults.failAlways({ plural: 'leases' }, { kind: 'reset' })
      await this.pass(next.ms)
      return mend()
    }
    const candidate = this.living[next.who % Math.max(1, this.living.length)]
    if (candidate === undefined) return
    if (next.do === 'stop') return candidate.elector.stop()
    candidate.stands = true
    if (next.do === 'kill') return void (this.#killed += 1)
    await this.pass(next.ms)
    candidate.clock.pause(next.ms)
    candidate.stands = false
  }

  /** Lets time pass, and looks at every moment of it who may write. */
  async pass(ms: number): Promise<void> {
    const end = this.election.now + ms
    await this.election.until(() => {
      const { leaders } = this.election
      if (leaders.length > 1)
        this.faults.push(`${leaders.map(({ name }) => name).join(' and ')} lead at once`)
      return this.election.now >= end
    }, ms + 1_000)
  }

  #join(): void {
    this.#joined += 1
    this.election.join(`replacement-${this.#joined}`)
  }
}

test('never has two leaders at once, and always one again when it is left in peace', async (t) => {
  const property = fc.asyncProperty(
    fc.integer({ min: 2, max: 3 }),
    fc.array(trouble, { minLength: 1, maxLength: 8 }),
    async (count, troubles) => {
      const contest = new Contest(await Election.of(t, ['a', 'b', 'c'].slice(0, count)))
      await contest.election.leader()
      for (const next of troubles) await contest.apply(next)
      await contest.pass(35_000)
      const { leaders } = contest.election
      if (leaders.length !== 1) contest.faults.push(`${leaders.length} lead in the end`)
      return contest.faults.length === 0
    },
  )
  await t.notThrowsAsync(async () => fc.assert(property, { numRuns: 25 }))
})

test('replaces a leader killed or paused twenty times within 17 s, with no conflicting write accepted', async (t) => {
  const election = await Election.of(t, ['a', 'b', 'c'])
  const took: number[] = []
  let written = 0
  for (let kill = 0; kill < 20; kill += 1) {
    const leader = await election.leader()
    t.is(await leader.count(), 'written')
    written += 1
    // At any moment between two renewals.
    await election.pass((kill % 5) * 450)
    leader.stands = true
    const began = election.now
    const successor = await election.leader()
    took.push(election.now - began)
    t.is(await successor.count(), 'written')
    written += 1
    if (kill % 2 === 0) {
      // It was only paused: it wakes up and goes on where it was.
      leader.clock.pause(election.now - began)
      t.is(await leader.count(), 'refused here')
      leader.stands = false
    }
    election.join(`replacement-${kill}`)
  }
  t.is(election.server.read(counters, COUNTER)?.data.value, String(written))
  took.sort((one, other) => one - other)
  t.log(`takeover after ${took[0]} to ${took.at(-1)} ms`)
  t.true((took.at(-1) ?? Infinity) <= 17_000)
})
