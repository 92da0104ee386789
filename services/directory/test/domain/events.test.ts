import { EventEnvelope, PatientsChanged } from '@medqueue/contracts'
import test from 'ava'
import { Check } from 'typebox/value'

import { factEvent, patientFact } from '../../src/domain/events.ts'

const id = '00000000-0000-4000-8000-000000000001'
const stamp = {
  eventId: '00000000-0000-4000-8000-0000000000ff',
  occurredAt: new Date('2027-03-01T09:00:00Z'),
}

test('an event has an envelope and the subject of its kind', (t) => {
  const { subject, event } = factEvent({ kind: 'clinic', id, version: 3, data: { id } }, stamp)
  t.is(subject, `directory.clinic.${id}`)
  t.true(Check(EventEnvelope, event))
  t.like(event, { type: 'directory.clinic.changed', source: 'directory', subject: id, version: 3 })
})

test('an event carries the trace that caused it, when there is one', (t) => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const fact = { kind: 'doctor', id, version: 1, data: {} } as const
  t.is(factEvent(fact, { ...stamp, traceparent }).event.traceparent, traceparent)
  t.false('traceparent' in factEvent(fact, stamp).event)
})

test('no personal data of a patient leaves with the event', (t) => {
  const patient = { id, version: 2, active: true, name: 'Fern', email: 'fern@example.org' }
  const { data } = patientFact(patient)
  t.true(Check(PatientsChanged, data))
  t.deepEqual(data, { patients: [{ id, version: 2, active: true }] })
})
