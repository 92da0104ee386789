import test from 'ava'

import { Rest, stopProcess } from '../../src/depth/rest.ts'

function makeRest() {
  let now = 1_000
  const later: (() => void)[] = []
  const stops: number[] = []
  const rest = new Rest({
    now: () => now,
    stop: (ms) => {
      stops.push(ms)
      now += ms
    },
    afterwards: (work) => later.push(work),
  })
  return {
    stops,
    hear: (...times: number[]) => {
      for (const at of times) {
        now = at
        rest.heard()
      }
    },
    /** Everything that was received is dealt with. */
    turn: () => {
      for (const work of later.splice(0)) work()
    },
    planned: () => later.length,
  }
}

test('a first message is not followed by a rest, however often there is one', (t) => {
  const { hear, turn, stops } = makeRest()
  for (const at of [1_000, 1_015, 1_100, 5_000]) {
    hear(at)
    turn()
  }
  t.deepEqual(stops, [])
})

test('messages that follow each other are dealt with first and then rested after, once', (t) => {
  const { hear, turn, stops, planned } = makeRest()
  hear(1_000, 1_002, 1_002, 1_003)
  t.deepEqual(stops, [])
  t.is(planned(), 1)
  turn()
  t.is(stops.length, 1)
})

test('as long as several come in the time of a rest, each lot is rested after', (t) => {
  const { hear, turn, stops } = makeRest()
  for (const at of [1_000, 1_025, 1_050]) {
    hear(at, at)
    turn()
  }
  t.is(stops.length, 3)
})

test('when the messages become few, so do the rests', (t) => {
  const { hear, turn, stops } = makeRest()
  hear(1_000, 1_003)
  turn()
  turn()
  hear(1_030)
  turn()
  t.is(stops.length, 1)
})

test('the process itself stops for as long as it is told', (t) => {
  const before = performance.now()
  stopProcess(5)
  t.true(performance.now() - before >= 4)
})
