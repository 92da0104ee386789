import test from 'ava'

import type { Standing } from '../../src/waiting-room/domain/standing.ts'
import type { Held } from '../../src/waiting-room/join.ts'
import type { WaitingRoom } from '../../src/waiting-room/room.ts'
import { openNow, startReplicas } from './replicas.ts'

const names = (count: number, prefix = 'patient') => Array.from({ length: count }, (_, n) => `${prefix}-${n}`)
const first = (rooms: WaitingRoom[]) => rooms[0] ?? raise()
const raise = (): never => {
  throw new Error('there is none')
}

async function joinAll(rooms: WaitingRoom[], people: readonly string[]): Promise<Map<string, Held>> {
  const held = await Promise.all(
    people.map(async (name, n) => [name, await rooms[n % rooms.length]?.join(name, undefined)] as const),
  )
  return new Map(held.map(([name, one]) => [name, one ?? raise()]))
}

const placesOf = (standings: Iterable<Standing>) =>
  [...standings].map((standing) => ('place' in standing ? standing.place : -1))

test('everybody gets one place, whatever replica they ask and however often', async (t) => {
  const { rooms, pass } = await startReplicas(t, 3)
  await openNow(rooms[0])
  await pass(0)
  const people = names(200)
  const [once, again] = [await joinAll(rooms, people), await joinAll([...rooms].reverse(), people)]
  await pass(1_000, 6)
  const standing = (held: Map<string, Held>) =>
    people.map((name, n) => (rooms[n % 3] ?? raise()).standing(name, held.get(name)?.ticket ?? ''))
  t.deepEqual(placesOf(standing(once)), placesOf(standing(again)))
  t.is(new Set(placesOf(standing(once))).size, people.length)
})

test('who comes before the draw stands in drawn order, who comes after it behind them as they come', async (t) => {
  const { rooms, pass } = await startReplicas(t, 2)
  await openNow(rooms[0])
  await pass(0)
  const early = await joinAll(rooms, names(100))
  t.like(first(rooms).standing('patient-0', early.get('patient-0')?.ticket ?? ''), { status: 'drawing' })
  await pass(1_000, 6)
  const late: number[] = []
  for (const [n, name] of names(20, 'late').entries()) {
    const held = await rooms[n % 2]?.join(name, undefined)
    late.push(...placesOf(held === undefined ? [] : [held.standing]))
  }
  t.deepEqual(
    late,
    late.map((_, n) => 100 + n),
  )
  const places = placesOf([...early].map(([name, { ticket }]) => first(rooms).standing(name, ticket)))
  t.deepEqual(
    [...places].sort((a, b) => a - b),
    places.map((_, n) => n),
  )
  t.notDeepEqual(
    places,
    places.map((_, n) => n),
  )
})

test('people are let in by place, on all replicas alike, and each has a turn', async (t) => {
  const { rooms, pass } = await startReplicas(t, 2)
  await openNow(rooms[0])
  await pass(0)
  const held = await joinAll(rooms, names(300))
  await pass(1_000, 5)
  const admitted = new Set<string>()
  const turns: number[] = []
  for (let second = 0; second < 40; second++) {
    await pass(1_000)
    const [one, other] = rooms.map((room) =>
      [...held].map(([name, { ticket }]) => room.standing(name, ticket)),
    )
    t.deepEqual(one, other)
    for (const [n, name] of [...held.keys()].entries()) {
      const standing = one?.[n]
      if (standing?.status !== 'admitted' || admitted.has(name)) continue
      admitted.add(name)
      turns.push(standing.place)
    }
    const waiting = placesOf((one ?? []).filter(({ status }) => status === 'waiting'))
    t.true(turns.every((place) => waiting.every((behind) => behind > place)))
  }
  t.is(admitted.size, 300)
})

test('the first who comes after a long quiet time has a whole turn', async (t) => {
  const { rooms, pass } = await startReplicas(t, 1, { mode: 'on', startRate: 20 })
  await pass(1_000, 80)
  const held = await first(rooms).join('late riser', undefined)
  t.is(held?.standing.status, 'waiting')
  await pass(1_000, 3)
  const standing = first(rooms).standing('late riser', held?.ticket ?? '')
  t.is(standing.status, 'admitted')
  t.true('until' in standing && standing.until > first(rooms).view.line().now + 55_000)
})

test('one decision a second is taken, however many replicas look', async (t) => {
  const { rooms, pass } = await startReplicas(t, 5)
  await openNow(rooms[0])
  await pass(0)
  await joinAll(rooms, names(1_000))
  await pass(1_000, 6)
  const before = first(rooms).view.version
  await pass(250, 40)
  const decided = first(rooms).view.version - before
  t.true(decided >= 9 && decided <= 10, String(decided))
})

test('overload makes the room slower, and calm faster', async (t) => {
  const { rooms, pass, signals } = await startReplicas(t, 2)
  await openNow(rooms[0])
  await pass(0)
  await joinAll(rooms, names(2_000))
  await pass(1_000, 15)
  const rate = () => first(rooms).view.state.opening?.flow.rate ?? 0
  const calm = rate()
  t.true(calm > 10)
  signals.oldestMs = 2_000
  await pass(1_000, 1)
  t.true(rate() < calm)
  signals.oldestMs = 0
  const low = rate()
  await pass(1_000, 30)
  t.true(rate() > low)
})

test('while Redis is away those who have tickets are let in as was decided, and nobody gets a new one', async (t) => {
  const { rooms, pass, away } = await startReplicas(t, 2)
  await openNow(rooms[0])
  await pass(0)
  const held = await joinAll(rooms, names(100))
  await pass(1_000, 7)
  away.now = true
  await pass(30_000)
  t.true([...held].every(([name, { ticket }]) => first(rooms).standing(name, ticket).status === 'admitted'))
  await t.throwsAsync(async () => first(rooms).join('late', undefined), {
    code: 'BOOKING_WAITING_ROOM_UNREACHABLE',
  })
  await t.throwsAsync(async () => first(rooms).close(), { code: 'BOOKING_WAITING_ROOM_UNREACHABLE' })
  away.now = false
  await pass(1_000)
  t.is(typeof (await first(rooms).join('late', undefined))?.ticket, 'string')
})

test('a Redis that has lost everything is told again, and who shows a ticket keeps the place', async (t) => {
  const { rooms, pass, redis, prefix } = await startReplicas(t, 2)
  await openNow(rooms[0])
  await pass(0)
  const held = await joinAll(rooms, names(100))
  await pass(1_000, 7)
  const [name, { ticket }] = [...held].at(-1) ?? raise()
  const before = first(rooms).standing(name, ticket)
  await redis.del(await redis.keys(`{${prefix}waiting-room}*`))
  await pass(0)
  t.true(first(rooms).view.isOpen)
  t.deepEqual(placesOf([first(rooms).standing(name, ticket)]), placesOf([before]))
  const again = await first(rooms).join(name, ticket)
  t.deepEqual(placesOf([again?.standing ?? raise()]), placesOf([before]))
  const late = await first(rooms).join('late', undefined)
  t.deepEqual(placesOf([late?.standing ?? raise()]), [100])
})

test('a Redis that has lost everything and is met first by a new replica is told again what the others know', async (t) => {
  const { rooms, redis, prefix, pass, another } = await startReplicas(t, 2)
  await openNow(rooms[0])
  await pass(0)
  const held = await joinAll(rooms, names(50))
  await pass(1_000, 6)
  const before = [...held].map(([name, { ticket }]) => first(rooms).standing(name, ticket))

  await redis.del(await redis.keys(`{${prefix}waiting-room}*`))
  const newcomer = another()
  await newcomer.look()
  await openNow(newcomer)
  await pass(0, 2)
  await newcomer.look()

  for (const room of [...rooms, newcomer])
    t.deepEqual(
      [...held].map(([name, { ticket }]) => room.standing(name, ticket)),
      before,
    )
})

test('a replica that starts anew knows the room and everybody’s place', async (t) => {
  const { rooms, pass, another } = await startReplicas(t, 1)
  await openNow(rooms[0])
  await pass(0)
  const held = await joinAll(rooms, names(50))
  await pass(1_000, 6)
  const fresh = another()
  t.false(fresh.view.isOpen)
  await fresh.look()
  t.true(fresh.view.isOpen)
  for (const [name, { ticket }] of held)
    t.deepEqual(fresh.standing(name, ticket), first(rooms).standing(name, ticket))
})

test('whose turn is over is told so, and gets another place at the end', async (t) => {
  const { rooms, pass } = await startReplicas(t, 2, { bounds: { least: 1, most: 50 } })
  await openNow(rooms[0])
  await pass(0)
  const { ticket } = (await first(rooms).join('somebody', undefined)) ?? raise()
  await pass(1_000, 10)
  t.is(first(rooms).standing('somebody', ticket).status, 'admitted')
  const others = await joinAll(rooms, names(3_200))
  await pass(1_000, 61)
  t.is(first(rooms).standing('somebody', ticket).status, 'over')
  const [again, twice] = [await rooms[0]?.join('somebody', ticket), await rooms[1]?.join('somebody', ticket)]
  const [place = -1] = placesOf([again?.standing ?? raise()])
  t.is(place, Math.max(...placesOf([...others.values()].map(({ standing }) => standing))) + 1)
  t.deepEqual(placesOf([twice?.standing ?? raise()]), [place])
})

test('when it is closed everybody passes, and asking for a ticket says that none is needed', async (t) => {
  const { rooms, pass } = await startReplicas(t, 2)
  await openNow(rooms[0])
  await pass(0)
  await t.throwsAsync(async () => openNow(rooms[1]), { code: 'BOOKING_WAITING_ROOM_OPEN' })
  const { ticket } = (await first(rooms).join('somebody', undefined)) ?? raise()
  await rooms[1]?.close()
  await pass(250)
  t.false(first(rooms).view.isOpen)
  t.is(await first(rooms).join('somebody', undefined), undefined)
  t.is(first(rooms).standing('somebody', ticket).status, 'not-needed')
})
