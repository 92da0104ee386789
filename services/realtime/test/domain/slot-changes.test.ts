import { randomUUID } from 'node:crypto'

import type { AppointmentEvent } from '@medqueue/contracts'
import test from 'ava'

import { slotChangesOf } from '../../src/domain/slot-changes.ts'
import { bookedEvent } from '../helpers/world.ts'

const [doctorId, before] = [randomUUID(), randomUUID()]
const { data: visit } = bookedEvent({ doctorId, patientId: randomUUID() })
const { start, end } = visit
const previous = { doctorId: before, start: '2027-03-01T09:00:00Z', end: '2027-03-01T09:30:00Z' }

const tells = test.macro((t, type: string, overrides: Partial<AppointmentEvent>, expected: object[]) => {
  t.deepEqual(slotChangesOf({ type: `appointment.${type}`, data: { ...visit, ...overrides } }), expected)
})

const taken = { type: 'slots.taken', doctorId, start, end }
const changed = { type: 'slots.changed', doctorId, start, end }
const left = { type: 'slots.changed', ...previous }

for (const type of ['held', 'requested', 'booked']) {
  test(`${type} takes the time`, tells, type, {}, [taken])
  test(`${type} in a group visit may leave seats`, tells, type, { sessionId: randomUUID() }, [changed])
  test(`${type} over others takes nothing`, tells, type, { overbooked: true }, [])
}
for (const type of ['released', 'declined', 'expired', 'cancelled', 'voided'])
  test(`${type} may free the time`, tells, type, {}, [changed])
for (const type of ['approved', 'arrived', 'checked-in', 'started', 'fulfilled', 'noshow'])
  test(`${type} is nobody else's business`, tells, type, {}, [])
test('a refusal changes nothing', tells, 'refused', { end: null, status: 'refused' }, [])
test('a move frees one time, perhaps of another doctor, and takes another', tells, 'moved', { previous }, [
  left,
  taken,
])
test('a move over others frees one time', tells, 'moved', { previous, overbooked: true }, [left])
