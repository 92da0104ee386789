import test from 'ava'
import fc from 'fast-check'

import {
  APPOINTMENT_SAGA,
  namesOf,
  ownerOf,
  partitionOf,
  PATH_TABLE,
  PERMISSIONS,
  permits,
  ROLES,
  streamsOf,
} from '../src/index.ts'

test('a doctor has one partition, the same for ever', (t) => {
  // Published test vectors of 32-bit FNV-1a: a = e40c292c, foobar = bf9cf968.
  t.is(partitionOf('a', 256), 0x2c)
  t.is(partitionOf('foobar', 256), 0x68)
  fc.assert(
    fc.property(fc.uuid(), fc.integer({ min: 1, max: 256 }), (doctor, partitions) => {
      const partition = partitionOf(doctor, partitions)
      t.true(Number.isInteger(partition) && partition >= 0 && partition < partitions)
    }),
  )
})

test('doctors spread over the partitions', (t) => {
  const counts = Array.from({ length: 32 }, () => 0)
  for (const doctor of fc.sample(fc.uuid(), { numRuns: 6_400, seed: 7 })) {
    const partition = partitionOf(doctor, 32)
    counts[partition] = (counts[partition] ?? 0) + 1
  }
  t.true(Math.min(...counts) > 100 && Math.max(...counts) < 320, counts.join(' '))
})

test('every permission names roles that exist, and nobody else holds it', (t) => {
  for (const [permission, holders] of Object.entries(PERMISSIONS)) {
    for (const role of ROLES) {
      t.is(
        permits([role], permission as keyof typeof PERMISSIONS),
        (holders as readonly string[]).includes(role),
      )
    }
    t.false(permits([], permission as keyof typeof PERMISSIONS))
  }
})

test('each step of the saga begins with an event that another step, or the appointment itself, tells', (t) => {
  const told = new Set(APPOINTMENT_SAGA.flatMap(({ ends }) => ends))
  for (const { on, undoneOn = [] } of APPOINTMENT_SAGA)
    for (const event of [on, ...undoneOn]) t.true(event.startsWith('appointment.') || told.has(event), event)
})

test('a path belongs to the longest prefix, and to nobody by half a word', (t) => {
  t.is(ownerOf('/v1/slots/next')?.service, 'booking')
  t.is(ownerOf('/v1/appointments')?.service, 'booking')
  t.is(ownerOf('/v1/appointmentsx'), undefined)
  t.is(ownerOf('/v1'), undefined)
  t.is(new Set(PATH_TABLE.map(({ prefix }) => prefix)).size, PATH_TABLE.length)
})

test('two prefixes share no stream and no subject', (t) => {
  const all = [streamsOf(), streamsOf('a'), streamsOf('b')].flatMap((streams) => Object.values(streams))
  t.is(new Set(all.map(({ name }) => name)).size, all.length)
  t.is(new Set(all.flatMap(({ subjects }) => subjects)).size, all.length)
  t.is(namesOf('a').subjects.bookingRequests(3), 'a.booking.requests.3')
})

test('the queue refuses what does not fit and the event streams drop what is oldest', (t) => {
  const { bookingRequests, ...others } = streamsOf()
  t.is(bookingRequests.discard, 'new')
  t.true(Object.values(others).every(({ discard }) => discard === 'old'))
})
