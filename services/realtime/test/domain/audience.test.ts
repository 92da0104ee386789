import { randomUUID } from 'node:crypto'

import { namesOf } from '@medqueue/contracts'
import test from 'ava'

import { audienceOf, concerns, filterSubjects, partiesOf } from '../../src/domain/audience.ts'

const [me, you] = [randomUUID(), randomUUID()]
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
    t.deepEqual(partiesOf(namesOf(prefix).subjects.appointment('booked', you, me)), asPatient)
  }
})

test('a subject that is too short has no parties', (t) => {
  t.is(partiesOf('appointment.booked.x'), undefined)
})

test('the broker is asked for one pattern as patient and for a second one as doctor', (t) => {
  t.deepEqual(filterSubjects(audienceOf(me, ['patient']), 'p'), [`p.appointment.*.*.${me}`])
  t.deepEqual(filterSubjects(audienceOf(me, ['doctor']), ''), [
    `appointment.*.${me}.*`,
    `appointment.*.*.${me}`,
  ])
})
