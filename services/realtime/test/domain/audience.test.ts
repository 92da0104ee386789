import { randomUUID } from 'node:crypto'

import { namesOf, ROLES } from '@medqueue/contracts'
import test from 'ava'
import fc from 'fast-check'

import { audienceOf, concerns, filterSubjects, partiesOf } from '../../src/domain/audience.ts'
import { Hub } from '../../src/hub/hub.ts'

const [me, you, other] = [randomUUID(), randomUUID(), randomUUID()]
const asPatient = { doctorId: you, patientId: me }
const asDoctor = { doctorId: me, patientId: you }

const concernsMe = test.macro(
  (t, roles: ('patient' | 'doctor' | 'admin')[], expected: [boolean, boolean]) => {
    const audience = audienceOf(me, roles)
    t.deepEqual([concerns(audience, asPatient), concerns(audience, asDoctor)], expected)
  },
)

test('a patient is concerned as patient', concernsMe, ['patient'], [true, false])
test('a doctor is concerned as both', concernsMe, ['doctor'], [true, true])
test('an administrator gets no more than a patient does', concernsMe, ['admin'], [true, false])

test('nobody is concerned by what is between others', (t) => {
  t.false(concerns(audienceOf(me, ['doctor']), { doctorId: you, patientId: you }))
})

test('the parties are read from a subject with or without a prefix', (t) => {
  for (const prefix of ['', 'site-1']) {
    t.deepEqual(partiesOf(namesOf(prefix).subjects.appointment('booked', you, me), prefix), asPatient)
  }
})

test('the doctor who had a visit before is a party of its move, and is read from its subject', (t) => {
  const moved = { ...asPatient, previousDoctorId: other }
  for (const prefix of ['', 'site-1'])
    t.deepEqual(partiesOf(namesOf(prefix).subjects.appointment('moved', you, me, other), prefix), moved)
  t.true(concerns(audienceOf(other, ['doctor']), moved))
  t.false(concerns(audienceOf(other, ['patient']), moved))
})

for (const subject of [
  'appointment.booked.x',
  'appointment.moved.a.b.c.d',
  'directory.doctor.a.b',
  'p.appointment.booked.a.b',
])
  test(`${subject} has no parties`, (t) => {
    t.is(partiesOf(subject, ''), undefined)
  })

/** Few people, so that one is often two or three of the parties. */
const people = Array.from({ length: 4 }, () => randomUUID() as string)
const person = fc.constantFrom(...people)
const event = fc.record({
  type: fc.constantFrom('booked', 'moved', 'approved', 'expired'),
  doctorId: person,
  patientId: person,
  previousDoctorId: fc.option(person, { nil: undefined }),
})
const listener = fc.record({ id: person, roles: fc.subarray([...ROLES]) })

/** NATS: `*` stands for one token. */
const matches = (pattern: string, subject: string) => {
  const [wanted, tokens] = [pattern.split('.'), subject.split('.')]
  return wanted.length === tokens.length && wanted.every((token, i) => token === '*' || token === tokens[i])
}

test('whoever is told live is told in a replay, and is the patient or a doctor of the visit, now or before', (t) => {
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 20 }),
      fc.array(listener, { maxLength: 8 }),
      (events, listeners) => {
        const hub = new Hub(100)
        const told = listeners.map(({ id, roles }) => {
          const seqs: number[] = []
          hub.attach({
            audience: audienceOf(id, roles),
            deliver: ({ seq }) => seqs.push(seq),
            restart: () => undefined,
          })
          return seqs
        })
        const subjects = events.map(({ type, doctorId, patientId, previousDoctorId }, index) => {
          const subject = namesOf('p').subjects.appointment(type, doctorId, patientId, previousDoctorId)
          const parties = partiesOf(subject, 'p')
          if (parties !== undefined) hub.publish({ ...parties, seq: index + 1, text: '' })
          return subject
        })
        for (const [index, { id, roles }] of listeners.entries()) {
          const theirs = events.flatMap(({ doctorId, patientId, previousDoctorId }, i) => {
            const asDoctor = roles.includes('doctor') && [doctorId, previousDoctorId].includes(id)
            return patientId === id || asDoctor ? [i + 1] : []
          })
          const audience = audienceOf(id, roles)
          const filters = filterSubjects(audience, 'p')
          const replayed = subjects.flatMap((one, i) =>
            filters.some((filter) => matches(filter, one)) ? [i + 1] : [],
          )
          t.deepEqual(told[index], theirs)
          t.deepEqual(
            hub.recent.after(audience, 0).map(({ seq }) => seq),
            theirs,
          )
          t.deepEqual(replayed, theirs)
        }
      },
    ),
    { numRuns: 1_000 },
  )
})
