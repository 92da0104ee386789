import test from 'ava'
import fc from 'fast-check'

import { freeSlots } from '../src/domain/free-starts.ts'
import { placesFree } from '../src/domain/places.ts'
import { type Busy, bySlotOrder, type Interval, type Slot, type WorkWindow } from '../src/domain/slots.ts'
import type { Availability } from '../src/slots/availability.ts'
import { nextByDoctor } from '../src/slots/next-by-doctor.ts'
import type { SoughtShape } from '../src/slots/openings.ts'
import { searchSlots, type SlotSearch } from '../src/slots/search.ts'
import { weekOf } from '../src/slots/week-keys.ts'
import { WEEK } from '../src/store/list-windows.ts'

const HOUR = 3_600
const DOCTORS = ['a', 'b', 'c', 'd']
const CLINICS = ['north', 'south']
const ROOMS = ['r1', 'r2']

const hours = (max: number, min = 0) => fc.integer({ min, max }).map((n) => n * HOUR)

/** Disjoint intervals in order, over nine weeks. */
const intervals = (count: number, longest: number) =>
  fc
    .array(fc.record({ start: hours((9 * WEEK) / HOUR), length: hours(longest, 1) }), { maxLength: count })
    .map((some) => {
      const kept: Busy[] = []
      for (const { start, length } of some.sort((a, b) => a.start - b.start))
        if (start >= (kept.at(-1)?.end ?? 0)) kept.push({ start, end: start + length })
      return kept
    })

/** Whole weeks: their windows often reach from one into the next. */
const windowsOf = (doctorId: string) =>
  fc
    .record({
      times: intervals(40, 20),
      busy: intervals(60, 6),
      clinics: fc.array(fc.constantFrom(...CLINICS)),
    })
    .map(({ times, busy, clinics }) =>
      times.map(({ start, end }, n): WorkWindow => {
        const near = busy.filter((one) => one.start < end + 4 * HOUR && one.end > start - 4 * HOUR)
        return { doctorId, clinicId: clinics[n] ?? 'north', start, end, busy: near }
      }),
    )

const shapes: fc.Arbitrary<SoughtShape> = fc
  .record({
    duration: hours(3, 1),
    bufferBefore: hours(2),
    bufferAfter: hours(2),
    alignment: hours(3, 1),
    needsRoom: fc.boolean(),
  })
  .map(({ needsRoom, ...shape }) => {
    const rooms = new Map([['north', ROOMS]])
    return { id: 's', capacity: 1, ...shape, ...(needsRoom ? { rooms } : {}) }
  })

const worlds = fc.record({
  windows: fc.tuple(...DOCTORS.map(windowsOf)).map((lists) => lists.flat()),
  rooms: fc.tuple(intervals(80, 12), intervals(80, 12)),
})
type KnownWorld = typeof worlds extends fc.Arbitrary<infer W> ? W : never

/** What a memory that knows everything tells. */
function availabilityOf({ windows, rooms }: KnownWorld): Availability {
  const known: Partial<Availability> = {
    windowsOfWeeks: async (ids, { first, last }) =>
      Array.from({ length: last - first + 1 }, (_, n) =>
        ids.map((id) => windows.filter((one) => one.doctorId === id && weekOf(one.start) === first + n)),
      ).flat(),
    taken: async (_role, ids, { start, end }) =>
      ids.map((id) => (rooms[ROOMS.indexOf(id)] ?? []).filter((one) => one.start < end && one.end > start)),
  }
  return known as Availability
}

/** Every free slot of the range, in order, start by start. */
function reference({ windows, rooms }: KnownWorld, { sought, shape, range }: SlotSearch): Slot[] {
  const needed = shape.rooms === undefined ? [] : [new Map([['north', rooms]])]
  return windows
    .filter(({ doctorId, clinicId }) => sought.doctorIds.includes(doctorId) && sought.clinicIds.has(clinicId))
    .flatMap((window) =>
      freeSlots(window, shape, range).filter(({ start }) =>
        placesFree(shape, needed).isOpen(window, start, undefined),
      ),
    )
    .sort(bySlotOrder)
}

const ranges: fc.Arbitrary<Interval> = fc
  .record({ start: hours((8 * WEEK) / HOUR), length: fc.oneof(hours(48), hours((9 * WEEK) / HOUR)) })
  .map(({ start, length }) => ({ start, end: start + length }))

const searches = fc.record({
  sought: fc.record({
    doctorIds: fc.subarray(DOCTORS, { minLength: 1 }),
    clinicIds: fc.subarray(CLINICS, { minLength: 1 }).map((ids) => new Set(ids)),
  }),
  shape: shapes,
  range: ranges,
})

test('pages of a search are the first slots of all there are, whatever they are looked for in', async (t) => {
  const limits = fc.integer({ min: 1, max: 40 })
  await fc.assert(
    fc.asyncProperty(worlds, searches, limits, async (world, search, limit) => {
      const all = reference(world, { ...search, limit })
      const paged: Slot[] = []
      for (;;) {
        const last = paged.at(-1)
        const after = last === undefined ? undefined : { start: last.start, doctorId: last.doctorId }
        const page = await searchSlots(availabilityOf(world), { ...search, after, limit })
        t.deepEqual(page, all.slice(paged.length, paged.length + limit))
        if (page.length === 0) break
        paged.push(...page)
      }
    }),
    { numRuns: 150 },
  )
})

test('the next slot of each doctor is the first a search finds of them', async (t) => {
  await fc.assert(
    fc.asyncProperty(worlds, searches, async (world, search) => {
      const first = await nextByDoctor(availabilityOf(world), search)
      const all = reference(world, { ...search, limit: 1 })
      for (const id of search.sought.doctorIds)
        t.deepEqual(
          first.get(id),
          all.find(({ doctorId }) => doctorId === id),
        )
    }),
    { numRuns: 150 },
  )
})
