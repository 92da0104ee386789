import test from 'ava'
import fc from 'fast-check'

import { countFreeStarts, freeSlots, holds } from '../../src/domain/free-starts.ts'
import { placesFree, sessionOfDoctor } from '../../src/domain/places.ts'
import { type Busy, sessionOf, type VisitShape, type WorkWindow } from '../../src/domain/slots.ts'

const STEP = 300
const steps = (max: number, min = 0) => fc.integer({ min, max }).map((n) => n * STEP)

const shapes: fc.Arbitrary<VisitShape> = fc.record({
  id: fc.constantFrom('s', 't'),
  duration: steps(12, 1),
  bufferBefore: steps(4),
  bufferAfter: steps(4),
  alignment: steps(6, 1),
  capacity: fc.constantFrom(1, 1, 2, 3),
})

/** Intervals in order that do not meet, some of them group visits of one of the services. */
const busies = fc
  .array(
    fc.record({
      at: steps(230),
      length: steps(12, 1),
      service: fc.constantFrom('', '', 's', 't'),
      buffer: steps(2),
    }),
    { maxLength: 14 },
  )
  .map((some) => {
    const busy: Busy[] = []
    for (const { at, length, service, buffer } of some.sort((a, b) => a.at - b.at)) {
      if (at < (busy.at(-1)?.end ?? 0)) continue
      const session = service === '' ? {} : { session: sessionOf(service, at + buffer) }
      busy.push({ start: at, end: at + buffer + length, ...session })
    }
    return busy
  })

const windows = fc
  .record({
    start: steps(100),
    length: steps(120, 1),
    busy: busies,
    seats: fc.uniqueArray(fc.integer({ min: 1, max: 4 })),
  })
  .map(({ start, length, busy, seats }): WorkWindow => {
    const sessions = busy.flatMap(({ session }) => (session === undefined ? [] : [[session, seats] as const]))
    return { doctorId: 'd', clinicId: 'c', start, end: start + length, busy, seats: new Map(sessions) }
  })

/** What is in the way of a visit with its buffers, other than what it is a seat of. */
const inTheWay = (
  busy: readonly Busy[],
  { bufferBefore, duration, bufferAfter }: VisitShape,
  at: number,
  own?: string,
) =>
  busy.some(
    (one) =>
      one.start < at + duration + bufferAfter &&
      one.end > at - bufferBefore &&
      (own === undefined || one.session !== own),
  )

/** The seats left at a start, by trying everything; 0 when it is not free. */
function seatsLeftAt(window: WorkWindow, shape: VisitShape, at: number): number {
  const { id, duration, alignment, capacity } = shape
  if ((at - window.start) % alignment !== 0 || at + duration > window.end) return 0
  const own = capacity === 1 ? undefined : sessionOf(id, at)
  if (inTheWay(window.busy, shape, at, own)) return 0
  const taken = own === undefined ? [] : (window.seats?.get(own) ?? [])
  const seats = Array.from({ length: capacity }, (_, n) => n + 1)
  return seats.filter((seat) => !taken.includes(seat)).length
}

test('slots equal a slow reference that tries every step and looks at all that is taken', (t) => {
  const ranges = fc.record({ start: steps(150), length: steps(150) })
  fc.assert(
    fc.property(windows, shapes, ranges, (window, shape, { start, length }) => {
      const expected: [number, number][] = []
      for (let at = window.start; at < window.end; at += STEP) {
        const left = at >= start && at < start + length ? seatsLeftAt(window, shape, at) : 0
        if (left > 0) expected.push([at, left])
      }
      const found = freeSlots(window, shape, { start, end: start + length })
      t.deepEqual(
        found.map((slot) => [slot.start, slot.seatsLeft ?? 1]),
        expected,
      )
      t.is(countFreeStarts({ window, shape, range: { start, end: start + length } }), expected.length)
    }),
    { numRuns: 10_000 },
  )
})

/** The doctor's group visits as rooms and devices know them. */
const ofDoctor = (list: readonly Busy[]): Busy[] =>
  list.map((one) =>
    one.session === undefined ? one : { ...one, session: sessionOfDoctor('d', one.session) },
  )

test('a slot needs a room and a device that are free all the time, or that its own group visit has', (t) => {
  const lists = fc.array(busies.map(ofDoctor), { maxLength: 3 })
  const cases = fc.record({ window: windows, shape: shapes, rooms: lists, devices: lists, at: steps(200) })
  fc.assert(
    fc.property(cases, ({ window, shape, rooms, devices, at }) => {
      const session = shape.capacity === 1 ? undefined : sessionOf(shape.id, at)
      const hasBegun = session !== undefined && window.seats?.has(session) === true
      const own = hasBegun ? sessionOfDoctor('d', session) : undefined
      const expected = [rooms, devices].every((some) => some.some((list) => !inTheWay(list, shape, at, own)))
      const free = placesFree(shape, [new Map([['c', rooms]]), new Map([['c', devices]])])
      t.is(free.isOpen(window, at, session), expected)
      // The second answer comes from memory.
      t.is(free.isOpen(window, at, session), expected)
      t.false(free.isOpen({ ...window, clinicId: 'elsewhere' }, at, session))
      if (own === undefined) t.is(holds(free.closedIn('c'), at), !expected)
    }),
    { numRuns: 3_000 },
  )
})
