import test from 'ava'

import { decide } from '../../src/decide/decide.ts'
import { type Observed, Reason } from '../../src/decide/types.ts'
import { NOW, situation } from '../helpers/observed.ts'

test('is more patient after it took workers away too early', (t) => {
  const [memory, observed] = situation({
    workers: { replicas: 1 },
    memory: { downAt: NOW - 10_000 },
    reading: { depth: 2_000 },
  })
  t.is(decide(memory, observed).memory.patience, 2)
})

test('is not more patient when the increase comes much later', (t) => {
  const [memory, observed] = situation({
    workers: { replicas: 1 },
    memory: { downAt: NOW - 31_000 },
    reading: { depth: 2_000 },
  })
  t.is(decide(memory, observed).memory.patience, 1)
})

test('is as patient as before when calm has lasted', (t) => {
  const [memory, observed] = situation({
    workers: { replicas: 5 },
    memory: { upAt: NOW - 61_000, patience: 4 },
  })
  t.like(decide(memory, observed), { want: 1, memory: { patience: 2 } })
})

test('forgets the rate after a gap in the readings', (t) => {
  const [memory, observed] = situation({
    workers: { replicas: 5 },
    memory: { at: NOW - 11_000, rate: 500 },
    reading: { arrivals: 5_000 },
  })
  t.like(decide(memory, observed), { want: 5, reason: Reason.waiting, memory: { rate: 0, since: NOW } })
})

test('a clock that was set back is a gap: nothing is waited for that lies in its future', (t) => {
  const later = NOW + 6 * 3_600_000
  const [memory, observed] = situation({
    workers: { replicas: 5 },
    memory: {
      ...{ since: later, at: later, busyAt: later, readySince: later, upAt: later, downAt: later },
      ...{ rate: 500, arrivals: 100, needs: [{ at: later, need: 5 }] },
    },
    reading: { arrivals: 100, depth: 3, served: 10 },
  })
  const first = decide(memory, observed)
  t.like(first.memory, { since: NOW, rate: 0, busyAt: NOW, upAt: undefined, downAt: undefined })
  t.deepEqual(first.memory.flow, { requests: 0, seconds: 0 })
  const calm = {
    ...observed,
    now: NOW + 4_000,
    reading: { ...observed.reading, freshAt: NOW + 4_000, depth: 0 },
  }
  t.is(decide(first.memory, calm as Observed).reason, Reason.surplus)
})

test('tells all that it was made from', (t) => {
  const [memory, observed] = situation({
    workers: { replicas: 3, ready: 1, draining: 1 },
    memory: { startups: [800, 900] },
    reading: { depth: 50, inflight: 2, oldestAgeMs: 1_500, freshAt: NOW - 250 },
  })
  t.like(decide(memory, observed).inputs, {
    depth: 50,
    oldestAgeSeconds: 1.5,
    serviceRate: 40,
    startupSeconds: 0.9,
    ready: 1,
    starting: 1,
    inflight: 2,
    draining: 1,
    signalAgeSeconds: 0.25,
  })
})
