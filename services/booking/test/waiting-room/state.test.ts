import test from 'ava'

import { fastestCourse } from '../../src/waiting-room/domain/controller.ts'
import {
  closed,
  CLOSED,
  decide,
  type Observed,
  planned,
  type RoomSettings,
  type RoomState,
} from '../../src/waiting-room/domain/room.ts'
import { drawPlaces } from '../../src/waiting-room/domain/order.ts'
import { type Line, standingOf, waitingIn } from '../../src/waiting-room/domain/standing.ts'

const T0 = 1_700_000_000_000
const SETTINGS: RoomSettings = {
  mode: 'manual',
  bounds: { least: 1, most: 100 },
  startRate: 10,
  drawMs: 5_000,
  turnMs: 60_000,
}

const observed = (now: number, more: Partial<Observed> = {}): Observed => ({
  ...{ now: T0 + now, issued: 0, pressure: 0.1, newId: () => `opening-${now}` },
  newSeed: () => '00112233445566778899aabbccddeeff',
  ...more,
})

/** Decides every second from `from` up to `to` (ms after the beginning). */
function run(
  state: RoomState,
  [from, to]: [number, number],
  more: Partial<Observed> = {},
  settings = SETTINGS,
) {
  let current = state
  for (let now = from; now < to; now += 1_000) current = decide(current, settings, observed(now, more))
  return current
}

const plan = (opensAt: number, drawAt: number) => ({
  opensAt: T0 + opensAt,
  drawAt: T0 + drawAt,
  reason: 'New slots',
})
const openNow = (issued: number) => run(planned(CLOSED, plan(0, 5_000)), [0, 6_000], { issued })
const line = (state: RoomState, now: number, issued: number, drawn = issued): Line => ({
  ...{ state, issued, now: T0 + now, turnMs: SETTINGS.turnMs },
  course:
    state.opening === undefined
      ? new Float64Array(2)
      : fastestCourse(state.opening.flow, T0 + now, SETTINGS.bounds),
  places:
    state.opening?.seed === undefined
      ? new Uint32Array()
      : drawPlaces({ seed: state.opening.seed, count: drawn }),
})

test('a planned opening begins at its time, draws at its hour, and lets in from then on', (t) => {
  let state = planned(CLOSED, plan(10_000, 60_000))
  state = run(state, [0, 10_000])
  t.is(state.opening, undefined)
  state = run(state, [10_000, 60_000], { issued: 100 })
  t.like(state.opening, { cause: 'asked', reason: 'New slots', seed: undefined })
  t.is(waitingIn(line(state, 59_000, 100)), 100)
  state = run(state, [60_000, 61_000], { issued: 100 })
  t.is(typeof state.opening?.seed, 'string')
  t.is(waitingIn(line(state, 61_000, 100)), 100)
  t.is(waitingIn(line(state, 66_000, 100)), 50)
})

test('overload opens the room by itself after five seconds of it, in the mode auto alone', (t) => {
  const hot = { pressure: 3 }
  const auto = { ...SETTINGS, mode: 'auto' as const }
  t.is(run(CLOSED, [0, 60_000], hot).opening, undefined)
  t.is(run(CLOSED, [0, 4_000], hot, auto).opening, undefined)
  t.is(run(run(CLOSED, [0, 4_000], hot, auto), [4_000, 5_000], {}, auto).hot, 0)
  t.is(run(CLOSED, [0, 5_000], hot, auto).opening?.cause, 'overload')
})

test('seconds of overload are seconds, however many replicas look in each', (t) => {
  const auto = { ...SETTINGS, mode: 'auto' as const }
  let state = CLOSED
  for (let now = 0; now < 3_000; now += 100) state = decide(state, auto, observed(now, { pressure: 3 }))
  t.is(state.opening, undefined)
  t.is(state.hot, 3)
})

test('it closes when nobody has waited for a minute and there is room, and not before', (t) => {
  const open = openNow(20)
  const served = run(open, [6_000, 60_000], { issued: 20 })
  t.not(served.opening, undefined)
  t.not(run(served, [60_000, 200_000], { issued: 20, pressure: 0.9 }).opening, undefined)
  const over = run(served, [60_000, 200_000], { issued: 20 })
  t.is(over.opening, undefined)
  t.is(typeof over.known, 'number')
  const always = { ...SETTINGS, mode: 'on' as const }
  t.not(run(served, [60_000, 200_000], { issued: 20 }, always).opening, undefined)
})

test('everybody who waited is let in when it closes, also while another opening has begun', (t) => {
  const open = openNow(1_000)
  const ticket = { opening: open.opening?.id ?? '', number: 999 }
  const shut = closed(open, T0 + 7_000)
  t.is(standingOf(ticket, line(shut, 8_000, 1_000)).status, 'not-needed')
  const again = run(planned(shut, plan(9_000, 90_000)), [9_000, 10_000])
  t.is(standingOf(ticket, line(again, 10_000, 0)).status, 'admitted')
  t.is(standingOf(ticket, line(again, 70_000, 0)).status, 'over')
})

test('a ticket goes from the draw through the line to its turn, and past it', (t) => {
  const before = run(planned(CLOSED, plan(0, 5_000)), [0, 3_000], { issued: 100 })
  const ticket = { opening: before.opening?.id ?? '', number: 0 }
  t.like(standingOf(ticket, line(before, 3_000, 100)), { status: 'drawing', peers: 100 })
  const state = openNow(100)
  const statuses = new Set<string>()
  const places = new Set<number>()
  for (let number = 0; number < 100; number++) {
    const now = standingOf({ ...ticket, number }, line(state, 11_000, 100))
    statuses.add(now.status)
    if ('place' in now) places.add(now.place)
    if (now.status === 'waiting') t.is(now.ahead, now.place - 50)
    t.is(standingOf({ ...ticket, number }, line(state, 16_001, 100)).status, 'admitted')
    t.is(standingOf({ ...ticket, number }, line(state, 80_000, 100)).status, 'over')
  }
  t.deepEqual(statuses, new Set(['waiting', 'admitted']))
  t.is(places.size, 100)
  t.is(standingOf({ opening: 'another', number: 0 }, line(state, 11_000, 100)).status, 'over')
})

test('who comes while nobody waits is let in within two decisions, and not in advance', (t) => {
  const idle = run(openNow(5), [6_000, 30_000], { issued: 5 })
  t.is(idle.opening?.front.slope, 0)
  const ticket = { opening: idle.opening?.id ?? '', number: 300 }
  t.is(standingOf(ticket, line(idle, 30_000, 301, 5)).status, 'waiting')
  const next = { opening: idle.opening?.id ?? '', number: 40 }
  const woken = run(idle, [30_000, 31_000], { issued: 41 })
  t.is(standingOf(next, line(woken, 32_000 + 4_000, 41, 5)).status, 'admitted')
})

test('without a word from any replica the speed stays as it was decided', (t) => {
  const open = openNow(10_000)
  const { opening } = run(open, [6_000, 60_000], { issued: 10_000, pressure: undefined })
  t.is(opening?.flow.rate, open.opening?.flow.rate)
  t.is(opening?.front.slope, open.opening?.front.slope)
})

test('a plan that falls due while the room is open is done with', (t) => {
  const open = planned(openNow(10_000), plan(20_000, 30_000))
  const later = run(open, [6_000, 25_000], { issued: 10_000 })
  t.is(later.plan, undefined)
  t.is(later.opening?.id, open.opening?.id)
})
