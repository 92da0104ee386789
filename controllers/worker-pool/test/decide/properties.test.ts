import test from 'ava'
import fc from 'fast-check'

import { decide, STALE_AFTER_MS } from '../../src/decide/decide.ts'
import { needOf } from '../../src/decide/need.ts'
import { type Memory, type Observed, Reason } from '../../src/decide/types.ts'
import { NOW, reading, situation, workers } from '../helpers/observed.ts'

const count = (max: number) => fc.integer({ min: 0, max })

/** Workers in any state in which a cluster may be. */
const anyWorkers = fc
  .record({
    replicas: count(60),
    draining: count(60),
    drained: count(60),
    leaving: count(3),
    ready: count(60),
    rollout: fc.boolean(),
    settling: fc.boolean(),
    disruptionsAllowed: fc.option(count(3), { nil: undefined }),
  })
  .map((given) => {
    const draining = Math.min(given.draining, given.replicas)
    const drained = Math.min(given.drained, draining)
    const ready = Math.min(given.ready, given.replicas - draining)
    return workers({ ...given, draining, drained, ready, settling: given.settling || given.leaving > 0 })
  })

const anyReading = fc.record({
  depth: count(100_000),
  inflight: count(100),
  arrivals: count(100_000),
  served: count(100_000),
  recent: fc.array(count(1_000), { maxLength: 80 }),
  freshAt: fc.integer({ min: NOW - 2 * STALE_AFTER_MS, max: NOW }),
  parallelism: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 64 })),
})

const anyPolicy = fc
  .record({
    min: count(30),
    max: fc.integer({ min: 1, max: 50 }),
    stepPercent: fc.integer({ min: 1, max: 100 }),
  })
  .map(({ min, max, ...rest }) => ({ min: Math.min(min, max), max, ...rest }))

const anyMemory = fc.record({
  rate: fc.double({ min: 0, max: 10_000, noNaN: true }),
  serviceRate: fc.double({ min: 0.01, max: 10_000, noNaN: true }),
  busyAt: fc.integer({ min: NOW - 120_000, max: NOW }),
  since: fc.integer({ min: NOW - 120_000, max: NOW }),
})

const anySituation = fc
  .record({
    policy: anyPolicy,
    workers: anyWorkers,
    reading: fc.option(anyReading, { nil: undefined }),
    memory: anyMemory,
    prewarm: count(60),
  })
  .map((given) => situation(given))

const always = test.macro((t, check: (memory: Memory, observed: Observed) => boolean) => {
  fc.assert(
    fc.property(anySituation, ([memory, observed]) => check(memory, observed)),
    { numRuns: 3_000 },
  )
  t.pass()
})

test('what is wanted is never outside of the bounds', always, (memory, observed) => {
  const { want } = decide(memory, observed)
  return want >= observed.policy.min && want <= observed.policy.max
})

test(
  'the number asked for is never raised above the ceiling nor lowered below the floor',
  always,
  (memory, observed) => {
    const { replicas } = decide(memory, observed)
    const { policy, workers: present } = observed
    if (present.leaving > 0 && replicas === present.replicas) return true
    const within = replicas >= policy.min && replicas <= policy.max
    return within || (present.replicas > policy.max && replicas <= present.replicas)
  },
)

test('nobody is asked for while somebody is about to go', always, (memory, observed) => {
  const { workers: present } = observed
  return present.leaving === 0 || decide(memory, observed).replicas <= present.replicas
})

test('nothing is taken away on stale signals', always, (memory, observed) => {
  const { reading, now, workers: present } = observed
  if (reading !== undefined && now - reading.freshAt <= STALE_AFTER_MS) return true
  const { replicas, drain, reason } = decide(memory, observed)
  // But for a ceiling that was lowered, which does not depend on the queue.
  if (present.replicas - present.draining > observed.policy.max) return true
  return reason === Reason.signalsStale && replicas >= present.replicas && drain === 0
})

test('stale signals add nothing beyond the floor', always, (memory, observed) => {
  const { reading, now, policy, prewarm, workers: present } = observed
  if (reading !== undefined && now - reading.freshAt <= STALE_AFTER_MS) return true
  const floor = Math.max(policy.min, Math.min(prewarm, policy.max))
  return decide(memory, observed).want <= Math.max(present.replicas - present.draining, floor)
})

test(
  'nobody is asked to drain during a rollout, against a budget, or beyond those who serve',
  always,
  (memory, observed) => {
    const { drain } = decide(memory, observed)
    const { workers: present, policy } = observed
    const serving = present.replicas - present.draining
    const lowered = serving > policy.max || serving > (observed.reading?.parallelism ?? Infinity)
    const frozen = [present.rollout, present.settling, present.disruptionsAllowed === 0].includes(true)
    return drain >= 0 && drain <= serving && (lowered || !frozen || drain === 0)
  },
)

test('no more are taken away than have drained or never started', always, (memory, observed) => {
  const { replicas } = decide(memory, observed)
  const { workers: present } = observed
  const starting = Math.max(0, present.replicas - present.draining - present.ready)
  return present.replicas - replicas <= Math.max(present.drained, starting)
})

test('the more waits, the more is needed', (t) => {
  fc.assert(
    fc.property(anyMemory, anyWorkers, count(100_000), count(100_000), (memory, present, one, other) => {
      const [known, observed] = situation({ memory, workers: present })
      const need = (depth: number) => needOf(known, observed, reading({ depth })).workers
      return one <= other ? need(one) <= need(other) : need(one) >= need(other)
    }),
    { numRuns: 2_000 },
  )
  t.pass()
})

test('the more waits, the more are wanted, from the same state', (t) => {
  fc.assert(
    fc.property(anyMemory, anyWorkers, count(100_000), count(100_000), (memory, present, one, other) => {
      const want = (depth: number) =>
        decide(...situation({ memory, workers: present, reading: { depth } })).want
      return one <= other ? want(one) <= want(other) : want(one) >= want(other)
    }),
    { numRuns: 2_000 },
  )
  t.pass()
})

test('the same inputs give the same decision, and are not changed', (t) => {
  fc.assert(
    fc.property(anySituation, ([memory, observed]) => {
      const before = JSON.stringify([memory, observed])
      const first = decide(memory, observed)
      t.deepEqual(decide(memory, observed), first)
      return JSON.stringify([memory, observed]) === before
    }),
    { numRuns: 300 },
  )
})
