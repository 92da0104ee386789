import { randomUUID } from 'node:crypto'

import { partitionOf } from '@medqueue/contracts'
import test from 'ava'

import { drawn } from '../src/driver/wishes.ts'
import { hotSlot, makeTown, PARTITIONS, quietSlot } from '../src/driver/town.ts'

const town = makeTown(1_800_000_000, randomUUID)

test('every partition has as many doctors', (t) => {
  const counts = new Map<number, number>()
  for (const id of town.doctors) {
    const partition = partitionOf(id, PARTITIONS)
    counts.set(partition, (counts.get(partition) ?? 0) + 1)
  }
  t.is(counts.size, PARTITIONS)
  t.is(new Set(counts.values()).size, 1)
})

test('quiet and hot slots are all different, and never the same day', (t) => {
  const names = (slots: { doctorId: string; start: string }[]) =>
    slots.map((slot) => `${slot.doctorId} ${slot.start}`)
  const quiet = Array.from({ length: 10_000 }, (_, n) => quietSlot(town, n))
  const hot = Array.from({ length: 6_400 }, (_, n) => hotSlot(town, n, false))

  t.is(new Set(names(quiet)).size, quiet.length)
  t.is(new Set(names(hot)).size, hot.length)
  const days = new Set(hot.map(({ start }) => start.slice(0, 10)))
  t.false(quiet.some(({ start }) => days.has(start.slice(0, 10))))
})

test('neighbours of a quiet slot have the same time with another doctor', (t) => {
  const [one, other] = [quietSlot(town, 0), quietSlot(town, 1)]
  t.is(one.start, other.start)
  t.not(one.doctorId, other.doctorId)
})

test('a late hot slot meets the one it is late for', (t) => {
  t.is(Date.parse(hotSlot(town, 5, true).start) - Date.parse(hotSlot(town, 5, false).start), 600_000)
})

test('every wish comes up, in its share', (t) => {
  const counts = new Map<string, number>()
  for (let n = 0; n < 1_000; n++) counts.set(drawn(n / 1_000), (counts.get(drawn(n / 1_000)) ?? 0) + 1)
  t.deepEqual(Object.fromEntries(counts), {
    quiet: 480,
    hot: 220,
    twice: 100,
    twisted: 50,
    again: 50,
    overlapping: 30,
    cancel: 70,
  })
})
