import test from 'ava'
import fc from 'fast-check'

import { createWorkQueue } from '../../src/index.ts'
import { FakeClock, immediate } from '../../src/testing/index.ts'

const key = fc.constantFrom('a', 'b', 'c', 'd')

/** Anything that producers, workers and time may do to a queue. */
const step = fc.oneof(
  fc.record({ do: fc.constant('add' as const), key }),
  fc.record({ do: fc.constant('addAfter' as const), key, ms: fc.integer({ min: 0, max: 50 }) }),
  fc.record({ do: fc.constant('addRateLimited' as const), key }),
  fc.record({ do: fc.constant('finish' as const), fails: fc.boolean() }),
  fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 100 }) }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** A queue with workers, and what must hold of it at every moment. */
class World {
  readonly clock = new FakeClock()
  readonly queue = createWorkQueue({ name: 'property', clock: this.clock })
  readonly inWork: string[] = []
  /** When each key was last asked for, and when its last work began: the first must not stay behind. */
  readonly asked = new Map<string, number>()
  readonly begun = new Map<string, number>()
  readonly faults: string[] = []
  #moment = 0

  startWorkers(count: number): void {
    for (let i = 0; i < count; i += 1) this.#takeNext()
  }

  apply(next: Step): void {
    this.#moment += 1
    if (next.do === 'advance') return this.clock.advance(next.ms)
    if (next.do === 'finish') return this.finish(next.fails)
    this.asked.set(next.key, this.#moment)
    if (next.do === 'addAfter') this.queue.addAfter(next.key, next.ms)
    else this.queue[next.do](next.key)
  }

  finish(fails: boolean): void {
    const done = this.inWork.shift()
    if (done === undefined) return
    if (fails) {
      this.asked.set(done, this.#moment)
      this.queue.addRateLimited(done)
    } else this.queue.forget(done)
    this.queue.done(done)
    this.#takeNext()
  }

  #takeNext(): void {
    void this.queue.take().then((taken) => {
      if (taken === undefined) return
      if (this.inWork.includes(taken)) this.faults.push(`${taken} is in work twice`)
      this.inWork.push(taken)
      this.begun.set(taken, this.#moment)
    })
  }
}

test('never gives a key to two workers, and loses none, whatever happens', async (t) => {
  const property = fc.asyncProperty(
    fc.array(step, { maxLength: 120 }),
    fc.integer({ min: 1, max: 4 }),
    async (steps, workers) => {
      const world = new World()
      world.startWorkers(workers)
      for (const next of steps) {
        world.apply(next)
        await immediate()
      }
      // Everything asked for is worked on in the end, after it was last asked for.
      for (let round = 0; round < 40; round += 1) {
        world.apply({ do: 'advance', ms: 1_000_000 })
        await immediate()
        while (world.inWork.length > 0) {
          world.finish(false)
          await immediate()
        }
      }
      const lost = [...world.asked].filter(([name, at]) => (world.begun.get(name) ?? -1) < at)
      return world.faults.length === 0 && lost.length === 0 && world.queue.length === 0
    },
  )
  await t.notThrowsAsync(async () => fc.assert(property, { numRuns: 300 }))
})

test('is drained after shut-down as soon as workers have finished what waited', async (t) => {
  const property = fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
    const world = new World()
    world.startWorkers(2)
    for (const next of steps) world.apply(next)
    await immediate()
    const ends: string[] = []
    world.queue.shutDown()
    void world.queue.drained().then(() => ends.push('drained'))
    while (world.queue.length > 0 || world.inWork.length > 0) {
      world.finish(true)
      await immediate()
    }
    await immediate()
    return ends.length === 1 && world.clock.pending === 0
  })
  await t.notThrowsAsync(async () => fc.assert(property, { numRuns: 200 }))
})
