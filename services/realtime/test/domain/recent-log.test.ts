import test from 'ava'
import fc from 'fast-check'

import { concerns } from '../../src/domain/audience.ts'
import { type LogEntry, RecentLog } from '../../src/domain/recent-log.ts'

const people = ['a', 'b', 'c']
const person = fc.constantFrom(...people)
const step = fc.record({ gap: fc.integer({ min: 1, max: 3 }), doctorId: person, patientId: person })

test('it holds the newest entries, each for exactly the people it concerns, in order', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (steps, capacity) => {
      const log = new RecentLog(capacity, 5)
      const all: LogEntry[] = []
      let seq = 5
      for (const { gap, ...parties } of steps) {
        seq += gap
        const entry = { ...parties, seq, text: String(seq) }
        all.push(entry)
        log.append(entry)
      }
      const held = all.slice(-capacity)
      t.is(log.head, seq)
      t.is(log.floor, all.at(-capacity - 1)?.seq ?? 5)
      for (const id of people) {
        for (const asDoctor of [true, false]) {
          for (let after = log.floor; after <= seq; after++) {
            const expected = held.filter((entry) => entry.seq > after && concerns({ id, asDoctor }, entry))
            t.deepEqual(log.after({ id, asDoctor }, after), expected)
          }
        }
      }
    }),
    { numRuns: 60 },
  )
})

test('a sequence without an event moves the head', (t) => {
  const log = new RecentLog(2, 0)
  log.append({ seq: 1, doctorId: 'a', patientId: 'b', text: '1' })
  log.skip(2)

  t.deepEqual([log.floor, log.head, log.covers(0)], [0, 2, true])
})

test('a restart forgets everything', (t) => {
  const log = new RecentLog(2, 0)
  for (const seq of [1, 2, 3]) log.append({ seq, doctorId: 'a', patientId: 'b', text: '' })
  log.restart(9)
  log.append({ seq: 10, doctorId: 'a', patientId: 'b', text: 'ten' })

  t.deepEqual([log.floor, log.head], [9, 10])
  t.deepEqual(
    log.after({ id: 'b', asDoctor: false }, 0).map(({ text }) => text),
    ['ten'],
  )
})
