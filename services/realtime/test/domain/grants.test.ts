import test from 'ava'
import fc from 'fast-check'

import { Grants } from '../../src/domain/grants.ts'

const PEOPLE = ['a', 'b', 'c']
const person = fc.constantFrom(...PEOPLE)
/** What the directory tells. */
const told = fc.record({
  id: fc.constantFrom('1', '2', '3', '4'),
  patientId: person,
  proxyId: person,
  version: fc.integer({ min: 1, max: 5 }),
  active: fc.boolean(),
  end: fc.integer({ min: 1, max: 9 }),
})

type Told = typeof told extends fc.Arbitrary<infer One> ? One : never

// A grant is of the same two people for good: its id says which here.
const idOf = ({ id, patientId, proxyId }: Told) => [id, patientId, proxyId].join()

/** Those that say something new, in order: an older version may come late, and any one may come twice. */
function newsOf(events: readonly Told[]): Told[] {
  const highest = new Map<string, number>()
  return events.filter((event) => {
    const isNew = event.version > (highest.get(idOf(event)) ?? 0)
    if (isNew) highest.set(idOf(event), event.version)
    return isNew
  })
}

const takeAll = (grants: Grants, events: readonly Told[]) => {
  for (const event of events)
    grants.take({ ...event, id: idOf(event), expiresAt: new Date(event.end).toISOString() })
}

test('the highest version told of each grant holds, in whatever order, and who watches two people is called for it', (t) => {
  fc.assert(
    fc.property(fc.array(told, { maxLength: 40 }), person, person, (events, patientId, proxyId) => {
      const grants = new Grants()
      let called = 0
      const unwatch = grants.watch({ patientId, proxyId }, () => called++)
      takeAll(grants, events)
      const last = new Map(newsOf(events).map((event) => [idOf(event), event.active ? event.end : -Infinity]))
      for (const patient of PEOPLE)
        for (const proxy of PEOPLE) {
          const ends = [...last].flatMap(([id, end]) => (id.endsWith(`,${patient},${proxy}`) ? [end] : []))
          t.is(grants.endOf({ patientId: patient, proxyId: proxy }), Math.max(...ends))
        }
      const own = newsOf(events.filter((event) => event.patientId === patientId && event.proxyId === proxyId))
      t.is(called, own.length)
      grants.clear()
      t.is(called, own.length + 1)
      unwatch()
      takeAll(grants, events)
      t.is(called, own.length + 1)
    }),
  )
})
