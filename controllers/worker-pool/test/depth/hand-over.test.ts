import { FakeClock, immediate } from '@medqueue/operator-kit/testing'
import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'

import { STALE_AFTER_MS } from '../../src/decide/decide.ts'
import { BookingLogSource } from '../../src/depth/booking-log.ts'
import { POLL_EVERY_MS } from '../../src/depth/poller.ts'
import { BrokerInMemory } from '../helpers/broker-in-memory.ts'
import { KEY, logger } from '../helpers/world.ts'

const PARTITIONS = 4
const HOUR_MS = 3_600_000
const nothing = () => undefined

interface Log {
  clock: FakeClock
  broker: BrokerInMemory
  source: BookingLogSource
  /** How old the oldest part of the depth is; milliseconds. */
  age: () => number
  /** Time passes, in steps in which workers may speak and answers come. */
  pass: (ms: number, speak?: () => void) => Promise<void>
}

async function open(t: ExecutionContext, { missing = false } = {}): Promise<Log> {
  const clock = new FakeClock()
  const broker = new BrokerInMemory('x', clock.monotonic)
  if (missing) broker.messages = undefined
  const context = { logger, prefix: 'x', pool: KEY.name, clock, onSignal: nothing, onHeard: nothing }
  const name = { stream: 'LOG', partitions: PARTITIONS, subjectOf: (index: number) => `x.log.${index}` }
  const source = new BookingLogSource({ ...context, broker: broker.broker }, name)
  t.teardown(async () => source.close())
  await immediate()
  return {
    clock,
    broker,
    source,
    age: () => clock.monotonic() - (source.read()?.freshAt ?? -Infinity),
    pass: async (ms, speak = nothing) => {
      for (let passed = 0; passed < ms; passed += 250) {
        if (passed % 1_000 === 0) speak()
        clock.advance(250)
        await immediate()
      }
    },
  }
}

/** Two workers read everything, for hours, and a hundred thousand requests come and go. */
async function openForHours(t: ExecutionContext): Promise<Log & { speak: () => void }> {
  const log = await open(t)
  const { broker, clock, pass } = log
  const speak = () => {
    broker.beat({ pod: 'a', partitions: [0, 1], depth: 40, inflight: 4, served: 50_000 })
    broker.beat({ pod: 'b', partitions: [2, 3], depth: 2, served: 50_000 })
  }
  speak()
  broker.wake(100_000)
  clock.pause(HOUR_MS)
  speak()
  await pass(6_000, speak)
  return { ...log, speak }
}

test('workers that read everything are believed, and the broker is not asked', async (t) => {
  const { broker, source, age } = await openForHours(t)
  t.is(broker.questions.length, 1)
  t.true(age() <= 1_000)
  t.is(source.read()?.depth, 46)
})

test('a partition that passes from one worker to another stays known', async (t) => {
  const { broker, source, age } = await openForHours(t)
  broker.beat({ pod: 'a', partitions: [0], depth: 20, inflight: 4, served: 50_000 })

  t.true(age() <= 1_000)
  // Half of the 44 that its last worker had before it, and nothing of what has come and gone in all the hours.
  t.is(source.read()?.depth, 20 + 4 + 22 + 2)
})

test('of a partition that nobody reads any more the broker is asked at once', async (t) => {
  const { broker, source } = await openForHours(t)
  broker.messages = { 'x.log.1': 31 }
  broker.beat({ pod: 'a', partitions: [0], depth: 20, inflight: 4, served: 50_000 })
  await immediate()

  t.is(broker.questions.length, 2)
  t.is(source.read()?.depth, 20 + 4 + 31 + 2)
})

test('what comes to a partition between two workers is counted', async (t) => {
  const { broker, source } = await openForHours(t)
  broker.beat({ pod: 'a', partitions: [0], depth: 20, inflight: 4, served: 50_000 })
  broker.wake(400)
  t.is(source.read()?.depth, 20 + 4 + 22 + 100 + 2)
})

test('when a worker dies the pool does not go blind', async (t) => {
  const { broker, age, pass } = await openForHours(t)
  const speak = () => {
    broker.beat({ pod: 'b', partitions: [2, 3], depth: 2, served: 50_000 })
    t.true(age() <= STALE_AFTER_MS)
  }
  await pass(30_000, speak)
  t.true(broker.questions.length > 1)
})

test('when all workers die the pool does not go blind', async (t) => {
  const { age, pass } = await openForHours(t)
  await pass(30_000, () => t.true(age() <= STALE_AFTER_MS))
})

test('a stream that comes later is found, though workers read all of it by then', async (t) => {
  const { broker, source, pass } = await open(t, { missing: true })
  t.is(source.trouble()?.reason, 'StreamMissing')
  t.is(source.read(), undefined)

  broker.messages = {}
  await pass(6_000, () => broker.beat({ pod: 'a', partitions: [0, 1, 2, 3], depth: 5 }))

  t.is(source.trouble(), undefined)
  t.is(source.read()?.depth, 5)
})

test('partitions that a worker makes up are not counted', async (t) => {
  const { broker, source } = await open(t)
  broker.beat({ pod: 'a', partitions: [0, 200], depth: 6 })
  broker.beat({ pod: 'a', partitions: [], depth: 0 })
  t.is(source.read()?.depth, 3)
})

type Event = 'nothing' | 'take' | 'give' | 'die' | 'come'

/** What happens to a worker in a quarter of a second: it takes a partition, gives one back, dies or comes. */
const anyEvent = fc.record({
  kind: fc.oneof(
    { weight: 8, arbitrary: fc.constant<Event>('nothing') },
    { weight: 1, arbitrary: fc.constant<Event>('take') },
    { weight: 1, arbitrary: fc.constantFrom<Event>('take', 'give', 'die', 'come') },
  ),
  partition: fc.nat({ max: PARTITIONS - 1 }),
  pod: fc.nat({ max: 2 }),
})

/** Three workers that read everything at first, each of which says once a second that one request waits in each of its partitions. */
class Crew {
  readonly #broker: BrokerInMemory
  readonly #readers = new Map(
    Array.from({ length: PARTITIONS }, (_, partition) => [partition, partition % 3]),
  )
  readonly #alive = new Set([0, 1, 2])

  constructor(broker: BrokerInMemory) {
    this.#broker = broker
  }

  happen(kind: Event, partition: number, pod: number): void {
    if (kind === 'take' && this.#alive.has(pod)) this.#readers.set(partition, pod)
    if (kind === 'give') this.#readers.delete(partition)
    if (kind === 'die') this.#alive.delete(pod)
    if (kind === 'come') this.#alive.add(pod)
  }

  speak(pod: number): void {
    if (!this.#alive.has(pod)) return
    const partitions = [...this.#readers].flatMap(([partition, reader]) =>
      reader === pod ? [partition] : [],
    )
    this.#broker.beat({ pod: `w${pod}`, partitions, depth: partitions.length })
  }
}

test('whatever becomes of the workers, the queue is known, at one question in five seconds at most', async (t) => {
  const story = fc.array(anyEvent, { minLength: 40, maxLength: 240 })
  await fc.assert(
    fc.asyncProperty(story, async (events) => {
      const { broker, source, age, pass } = await open(t)
      const crew = new Crew(broker)
      for (const [index, { kind, partition, pod }] of events.entries()) {
        crew.happen(kind, partition, pod)
        crew.speak(index % 4)
        await pass(250)
        t.true(age() <= STALE_AFTER_MS)
        t.true((source.read()?.depth ?? Infinity) <= 3 * PARTITIONS)
      }
      await source.close()
      const pauses = broker.questions.slice(1).map((at, index) => at - (broker.questions[index] ?? 0))
      t.true(pauses.every((pause) => pause >= POLL_EVERY_MS))
    }),
    { numRuns: 60 },
  )
})
