import test from 'ava'
import fc from 'fast-check'

import type { Slot } from '../../src/domain/slots.ts'
import { bestOff, type Claim, claimOf, type Open, rankProposals } from '../../src/replan/rank.ts'

const HOUR = 3_600
const wish = { start: 100 * HOUR, clinicId: 'here', bufferBefore: 600, bufferAfter: 300 }
const slot = (hours: number, fields: Partial<Slot> = {}): Slot => ({
  ...{ doctorId: 'a', clinicId: 'here', start: hours * HOUR, end: hours * HOUR + 1_200 },
  ...fields,
})

test('the nearest in time comes first, and another clinic counts as six hours', (t) => {
  const slots = [
    slot(110),
    slot(97),
    slot(101, { clinicId: 'there' }),
    slot(100, { doctorId: 'b' }),
    slot(105.5),
  ]
  t.deepEqual(
    rankProposals(slots, wish).map(({ slot: { start } }) => start / HOUR),
    [100, 97, 105.5, 101, 110],
  )
})

test('who can keep the time keeps it, though somebody before is pushed to a later one', (t) => {
  const free = [slot(101), slot(102), slot(103)]
  const of = (hours: number): Open<number> => {
    const own = { ...wish, start: hours * HOUR }
    return { row: hours, wish: own, left: rankProposals(free, own) }
  }
  t.is(bestOff([of(100), of(101), of(102)], [])?.row, 101)
})

test('however proposals are made one after the other, no two of a doctor meet, buffers included', (t) => {
  const slots = fc.array(
    fc
      .record({
        doctorId: fc.constantFrom('a', 'b', 'c'),
        start: fc.integer({ min: 0, max: 60 }).map((n) => n * 600),
      })
      .map(({ doctorId, start }) => ({ doctorId, clinicId: 'here', start, end: start + 1_200 })),
    { minLength: 1, maxLength: 60 },
  )
  fc.assert(
    fc.property(slots, fc.array(fc.integer({ min: 0, max: 36_000 }), { maxLength: 30 }), (free, starts) => {
      const claims: Claim[] = []
      let open = starts.map((start): Open<number> => {
        const own = { ...wish, start }
        return { row: start, wish: own, left: rankProposals(free, own) }
      })
      for (let best = bestOff(open, claims); best !== undefined; best = bestOff(open, claims)) {
        const chosen = best
        claims.push(...chosen.left.slice(0, 1).map(({ slot: one }) => claimOf(one, wish)))
        open = open.filter((one) => one !== chosen)
      }
      const meet = claims.some((a, i) =>
        claims.some(
          (b, j) =>
            i < j &&
            a.doctorId === b.doctorId &&
            Math.max(a.blocked.start, b.blocked.start) < Math.min(a.blocked.end, b.blocked.end),
        ),
      )
      t.false(meet)
    }),
  )
})
