import test from 'ava'

import { Reason } from '../../src/decide/types.ts'
import { decides } from '../helpers/decides.ts'
import { NOW } from '../helpers/observed.ts'

/** Arrivals in the last four seconds, evenly, so many a second. */
const evenly = (rate: number) => Array.from({ length: 80 }, () => rate / 20)
const needed = (need: number) => ({ needs: [{ at: NOW - 2_000, need }] })

test('stays asleep when nothing comes', decides, {}, { want: 0, replicas: 0, reason: Reason.idle })
test(
  'wakes for a single request',
  decides,
  { reading: { depth: 1 } },
  { want: 1, replicas: 1, reason: Reason.fromZero },
)
test(
  'jumps from zero to what the backlog needs',
  decides,
  { reading: { depth: 400 } },
  { want: 4, replicas: 4, reason: Reason.fromZero },
)
test(
  'runs enough to keep up with what arrives, with headroom',
  decides,
  {
    policy: { headroom: 1 },
    workers: { replicas: 2 },
    memory: { rate: 200 },
    reading: { arrivals: 200, recent: evenly(200) },
  },
  { want: 8, reason: Reason.keepUp },
)
test(
  'adds what the backlog needs on top of what arrives',
  decides,
  {
    workers: { replicas: 6 },
    memory: { rate: 200 },
    reading: { depth: 800, arrivals: 200, recent: evenly(200) },
  },
  { want: 8, reason: Reason.backlog },
)
test(
  'leaves a need just above a whole number to the backlog to prove',
  decides,
  { workers: { replicas: 5 }, memory: { rate: 196 }, reading: { arrivals: 196, recent: evenly(196) } },
  { want: 5, replicas: 5, reason: Reason.steady },
)
test(
  'stops at the ceiling and says so',
  decides,
  { policy: { max: 4 }, reading: { depth: 5_000 } },
  { want: 4, replicas: 4, reason: Reason.ceiling },
)
test(
  'says that it is at the ceiling as long as it is',
  decides,
  { policy: { max: 4 }, workers: { replicas: 4 }, reading: { depth: 5_000 } },
  { want: 4, replicas: 4, reason: Reason.ceiling },
)
test(
  'runs no more workers than there are partitions',
  decides,
  { reading: { depth: 5_000, parallelism: 3 } },
  { want: 3, replicas: 3, reason: Reason.ceiling },
)
test('raises to the floor', decides, { policy: { min: 2 } }, { want: 2, replicas: 2, reason: Reason.floor })
test(
  'keeps a floor above the number of partitions, for somebody asked for it',
  decides,
  { policy: { min: 5 }, reading: { parallelism: 3 } },
  { want: 5, replicas: 5, reason: Reason.floor },
)
test(
  'raises ahead of a rush that is known to come',
  decides,
  { prewarm: 6, workers: { replicas: 1 } },
  { want: 6, replicas: 6, reason: Reason.prewarm },
)
test(
  'never raises above the ceiling for a rush',
  decides,
  { prewarm: 60, workers: { replicas: 1 } },
  { want: 25, replicas: 25 },
)

test(
  'holds when nothing is known of the queue',
  decides,
  { workers: { replicas: 7 }, reading: undefined },
  { want: 7, replicas: 7, reason: Reason.signalsStale },
)
test(
  'holds when the queue has been silent for more than ten seconds, however deep it was',
  decides,
  { workers: { replicas: 7 }, reading: { depth: 9_000, freshAt: NOW - 10_001 } },
  { want: 7, replicas: 7, drain: 0, reason: Reason.signalsStale },
)
test(
  'acts on a reading that is ten seconds old',
  decides,
  { workers: { replicas: 1 }, reading: { depth: 2_000, freshAt: NOW - 10_000 } },
  { reason: Reason.backlog },
)
test(
  'raises to the floor even when nothing is known',
  decides,
  { policy: { min: 3 }, workers: { replicas: 1 }, reading: undefined },
  { want: 3, replicas: 3 },
)
test(
  'keeps workers that have drained while nothing is known',
  decides,
  { workers: { replicas: 7, draining: 2, drained: 2 }, reading: undefined },
  { replicas: 7, drain: 0 },
)

test(
  'drains what is not needed before the number falls',
  decides,
  {
    workers: { replicas: 10 },
    memory: { rate: 80, ...needed(3) },
    reading: { arrivals: 80, recent: evenly(80) },
  },
  { want: 4, replicas: 10, drain: 6, reason: Reason.surplus },
)
test(
  'looks back over the window before it takes any away',
  decides,
  {
    workers: { replicas: 10 },
    memory: { rate: 80, ...needed(9.5) },
    reading: { arrivals: 80, recent: evenly(80) },
  },
  { want: 10, replicas: 10, drain: 0 },
)
test(
  'takes none away before it has watched for a window',
  decides,
  { workers: { replicas: 10 }, memory: { since: NOW - 2_000 } },
  { want: 10, drain: 0, reason: Reason.waiting },
)
test(
  'takes none away right after it has asked for more',
  decides,
  { workers: { replicas: 10 }, memory: { upAt: NOW - 2_000 } },
  { want: 10, drain: 0, reason: Reason.waiting },
)
test(
  'takes none away while emptying the queue would take long',
  decides,
  { workers: { replicas: 10 }, memory: { ...needed(2) }, reading: { depth: 250 } },
  { want: 10, drain: 0, reason: Reason.backlog },
)
test(
  'takes away a step at a time',
  decides,
  { policy: { stepPercent: 50 }, workers: { replicas: 10 }, memory: { busyAt: NOW - 1_000 } },
  { want: 5, drain: 5, reason: Reason.surplus },
)
test(
  'waits between two steps',
  decides,
  {
    policy: { stepPercent: 50, stepPeriodMs: 5_000 },
    workers: { replicas: 5 },
    memory: { downAt: NOW - 4_000 },
  },
  { want: 5, drain: 0, reason: Reason.waiting },
)
test(
  'keeps the last worker until the pool has been idle for long enough',
  decides,
  { workers: { replicas: 1 }, memory: { busyAt: NOW - 5_999 } },
  { want: 1, drain: 0 },
)
test(
  'lets the last worker go after that',
  decides,
  { workers: { replicas: 1 }, memory: { busyAt: NOW - 6_000 } },
  { want: 0, drain: 1, reason: Reason.idle },
)
test(
  'keeps the last worker while it works on something',
  decides,
  { workers: { replicas: 1 }, memory: { busyAt: NOW - 60_000 }, reading: { inflight: 1, depth: 1 } },
  { want: 1, drain: 0 },
)

test(
  'freezes decreases during a rollout',
  decides,
  { workers: { replicas: 10, rollout: true } },
  { want: 10, drain: 0, reason: Reason.rollout },
)
test(
  'grows during a rollout all the same',
  decides,
  { workers: { replicas: 1, rollout: true }, reading: { depth: 2_000 } },
  { reason: Reason.backlog },
)
test(
  'freezes decreases while a disruption budget allows none to go',
  decides,
  { workers: { replicas: 10, disruptionsAllowed: 0 } },
  { want: 10, drain: 0, reason: Reason.disruption },
)
test(
  'goes on when the budget allows one',
  decides,
  { workers: { replicas: 10, disruptionsAllowed: 1 } },
  { drain: 9, reason: Reason.surplus },
)
test(
  'waits until those on their way out are gone',
  decides,
  { workers: { replicas: 10, settling: true } },
  { want: 10, drain: 0, reason: Reason.settling },
)

test(
  'asks for nobody while one that has drained is about to go, which would stay in the place of a new one',
  decides,
  { policy: { min: 4 }, workers: { replicas: 1, leaving: 1, settling: true } },
  { want: 4, replicas: 1, drain: 0 },
)
test(
  'lowers the number by those that have drained',
  decides,
  { workers: { replicas: 10, draining: 4, drained: 3 }, memory: needed(5) },
  { replicas: 7, drain: 0 },
)
test(
  'keeps those that have drained while others start, which would go in their place',
  decides,
  { workers: { replicas: 10, draining: 2, drained: 2, ready: 5 }, memory: needed(7.5) },
  { replicas: 10 },
)
test(
  'keeps those that have drained during a rollout',
  decides,
  { workers: { replicas: 10, draining: 2, drained: 2, rollout: true } },
  { replicas: 10 },
)
test(
  'replaces those that drain when they are missed',
  decides,
  {
    workers: { replicas: 4, draining: 3 },
    memory: { rate: 120 },
    reading: { depth: 200, arrivals: 120, recent: evenly(120) },
  },
  { replicas: 7 },
)
test(
  'does not go above the ceiling to replace them',
  decides,
  { policy: { max: 5 }, workers: { replicas: 5, draining: 3 }, reading: { depth: 9_000 } },
  { want: 5, replicas: 5 },
)
test(
  'takes those that have not started away at once: they have nothing to finish',
  decides,
  { workers: { replicas: 10, ready: 6 } },
  { want: 1, replicas: 6, drain: 5 },
)
test(
  'takes nobody away at once while one that is found unready may be at work',
  decides,
  { workers: { replicas: 5, ready: 4, up: 5 }, policy: { max: 4 } },
  { want: 4, replicas: 5, drain: 1 },
)
test(
  'comes down to a ceiling that was lowered without waiting for the window',
  decides,
  { policy: { max: 3 }, workers: { replicas: 10 }, memory: { since: NOW }, reading: { depth: 9_000 } },
  { want: 3, replicas: 10, drain: 7, reason: Reason.ceiling },
)
