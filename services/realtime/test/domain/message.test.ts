import { randomUUID } from 'node:crypto'

import test from 'ava'

import {
  isAppointmentEvent,
  renderEvent,
  renderReady,
  renderReset,
  renderSlots,
} from '../../src/domain/message.ts'
import { bookedEvent } from '../helpers/world.ts'

const pair = { doctorId: randomUUID(), patientId: randomUUID() }

test('an event keeps its type, time and data, and gets its sequence as id', (t) => {
  const event = bookedEvent(pair, { seq: '0:12:3' })

  t.deepEqual(JSON.parse(renderEvent(42, event)), {
    id: '42',
    type: event.type,
    occurredAt: event.occurredAt,
    version: event.version,
    data: event.data,
  })
})

test('fields that the contract does not know stay behind', (t) => {
  const event = bookedEvent(pair)
  const wider = { ...event, secret: 'one', data: { ...event.data, patientName: 'two' } }

  t.deepEqual(JSON.parse(renderEvent(1, wider)), {
    id: '1',
    type: event.type,
    occurredAt: event.occurredAt,
    version: event.version,
    data: event.data,
  })
})

for (const [what, envelope] of Object.entries({
  nothing: undefined,
  'a text': 'booked',
  'an envelope without data': { type: 'a', occurredAt: 'b' },
  'an envelope about something else': { ...bookedEvent(pair), data: { doctorId: pair.doctorId } },
  'an envelope without a type': { ...bookedEvent(pair), type: undefined },
})) {
  test(`${what} is no event`, (t) => {
    t.false(isAppointmentEvent(envelope))
  })
}

test('who looks at slots is told of times, and of nothing else', (t) => {
  const { doctorId } = pair
  const change = { ...bookedEvent(pair).data, doctorId, start: '2027-03-02T09:00:00Z', end: null }

  t.deepEqual(JSON.parse(renderSlots(3, 'slots.changed', '2027-03-01T09:00:00Z', change)), {
    id: '3',
    type: 'slots.changed',
    occurredAt: '2027-03-01T09:00:00Z',
    data: { doctorId, start: '2027-03-02T09:00:00Z', end: null },
  })
})

for (const [told, status, by] of [
  ['expired', 'expired', 'system'],
  ['declined', 'declined', 'doctor'],
  ['called off by the care side', 'cancelled', 'staff'],
] as const) {
  test(`who is told that a visit is ${told} is told where other times are`, (t) => {
    const event = bookedEvent(pair, { status, by })

    const alternatives = `/v1/appointments/${event.data.appointmentId}/alternatives`
    t.like(JSON.parse(renderEvent(1, event)), { alternatives })
  })
}

test('who called a visit off, or has one, is not sent to look for other times', (t) => {
  for (const event of [bookedEvent(pair, { status: 'cancelled', by: 'patient' }), bookedEvent(pair)])
    t.false('alternatives' in (JSON.parse(renderEvent(1, event)) as object))
})

test('ready and reset carry an id to resume with', (t) => {
  const now = new Date('2027-03-01T09:00:00Z')
  const message = { id: '7', occurredAt: '2027-03-01T09:00:00.000Z', data: null }

  t.deepEqual(JSON.parse(renderReady(7, now)), { ...message, type: 'ready' })
  t.deepEqual(JSON.parse(renderReset(7, now)), { ...message, type: 'reset' })
})
