import test from 'ava'

import { Heartbeat } from '../../src/hub/heartbeat.ts'

function pulse() {
  const seen = { pings: 0, cut: 0 }
  return { seen, ping: () => void (seen.pings += 1), terminate: () => void (seen.cut += 1) }
}

test('who answers is pinged once a round and never cut', (t) => {
  const heartbeat = new Heartbeat(3)
  const one = pulse()
  const { answered } = heartbeat.join(one)
  for (let tick = 0; tick < 9; tick++) {
    heartbeat.tick()
    answered()
  }
  t.deepEqual(one.seen, { pings: 3, cut: 0 })
})

test('who does not answer is cut at the next ping', (t) => {
  const heartbeat = new Heartbeat(1)
  const one = pulse()
  heartbeat.join(one)
  heartbeat.tick()
  heartbeat.tick()
  t.deepEqual(one.seen, { pings: 1, cut: 1 })
})

test('who has left is not pinged', (t) => {
  const heartbeat = new Heartbeat(1)
  const one = pulse()
  heartbeat.join(one).leave()
  heartbeat.tick()
  t.deepEqual(one.seen, { pings: 0, cut: 0 })
})

test('connections are spread over the round', (t) => {
  const heartbeat = new Heartbeat(4)
  const all = Array.from({ length: 8 }, () => pulse())
  for (const one of all) heartbeat.join(one)
  heartbeat.tick()
  t.is(all.filter(({ seen }) => seen.pings === 1).length, 2)
})
