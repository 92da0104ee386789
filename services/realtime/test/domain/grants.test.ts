import test from 'ava'
import fc from 'fast-check'

import { Grants } from '../../src/domain/grants.ts'

const PEOPLE = ['a', 'b', 'c']
const person = fc.constantFrom(...PEOPLE)
const told = fc.record({
  id: fc.constantFrom('1', '2', '3', '4'),
  patientId: person,
  proxyId: person,
  active: fc.boolean(),
  end: fc.integer({ min: 1, max: 9 }),
})

test('what was told last of each grant holds, and who watches two people is called for what is told of them', (t) => {
  fc.assert(
    fc.property(fc.array(told, { maxLength: 40 }), person, person, (events, patientId, proxyId) => {
      const grants = new Grants()
      const last = new Map<string, number>()
      let called = 0
      const unwatch = grants.watch({ patientId, proxyId }, () => called++)
      // A grant is of the same two people for good: its id says which here.
      const idOf = (event: (typeof events)[number]) => [event.id, event.patientId, event.proxyId].join()
      for (const event of events) {
        grants.take({ ...event, id: idOf(event), expiresAt: new Date(event.end).toISOString() })
        last.set(idOf(event), event.active ? event.end : -Infinity)
      }
      for (const patient of PEOPLE)
        for (const proxy of PEOPLE) {
          const ends = [...last].flatMap(([id, end]) => (id.endsWith(`,${patient},${proxy}`) ? [end] : []))
          t.is(grants.endOf({ patientId: patient, proxyId: proxy }), Math.max(...ends))
        }
      const own = events.filter((event) => event.patientId === patientId && event.proxyId === proxyId)
      t.is(called, own.length)
      grants.clear()
      t.is(called, own.length + 1)
      unwatch()
      for (const event of own) grants.take({ ...event, expiresAt: new Date(event.end).toISOString() })
      t.is(called, own.length + 1)
    }),
  )
})
