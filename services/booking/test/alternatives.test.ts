import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { addResources, addService, call } from './helpers/call.ts'
import { createWorld, type World } from './helpers/world.ts'

interface Refusal {
  code: string
  alternatives: { doctorId: string; serviceId: string; start: string }[]
}

const scope = fileScope(test)
let world: World
let scan: string
let course: string

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async (pieces) => {
      scan = await addService(pieces, { room_kind: 'scan-room', buffer_before: '10 min' })
      course = await addService(pieces, { duration: '1 h', alignment: '1 h', capacity: 4 })
      await addResources(pieces, 'scan-room', 1)
    },
  })
  world.work()
})

const patient = (n: number) => world.people.patients[n] ?? ''

test('when the only room is taken, every alternative told has a room, whether it is booked, held or moved to', async (t) => {
  const [first = '', second = ''] = world.people.doctors
  const taken = { doctorId: first, serviceId: scan, start: world.slot(10) }
  t.is((await world.book(taken, { as: patient(0) })).statusCode, 201)
  const wanted = { ...taken, doctorId: second }
  const elsewhere = { doctorId: second, serviceId: world.people.consultation, start: world.slot(0, 3) }
  const { id } = (await world.book(elsewhere, { as: patient(3) })).json<{ id: string }>()
  const refusals = [
    await world.book(wanted, { as: patient(1) }),
    await call(world, 'POST', '/v1/holds', { as: patient(2), body: wanted }),
    await call(world, 'POST', `/v1/appointments/${id}/move`, { as: patient(3), body: wanted }),
  ]
  const told = refusals.flatMap((answer) => {
    t.is(answer.statusCode, 409, answer.body)
    const { alternatives } = answer.json<Refusal>()
    t.true(alternatives.length >= 3)
    return alternatives
  })
  // Each by itself: what two of them want of the one room is another matter.
  for (const [index, { doctorId, serviceId, start }] of told.entries()) {
    const as = patient(20 + index)
    const held = await call(world, 'POST', '/v1/holds', { as, body: { doctorId, serviceId, start } })
    t.is(held.statusCode, 201, held.body)
    const released = await call(world, 'DELETE', `/v1/holds/${held.json<{ id: string }>().id}`, { as })
    t.is(released.statusCode, 204)
  }
})

test('any doctor: one room is given to one of the doctors who are free, and the next is told of other times', async (t) => {
  const wish = { specialtyId: world.people.specialty, serviceId: scan, start: world.slot(4, 1) }
  t.is((await world.book(wish, { as: patient(50) })).statusCode, 201)
  const refused = await world.book(wish, { as: patient(51) })
  t.is(refused.statusCode, 409, refused.body)
  t.true(refused.json<Refusal>().alternatives.length >= 3)
})

test('any doctor: a group visit that has begun is filled before another one is opened', async (t) => {
  const wish = { specialtyId: world.people.specialty, serviceId: course, start: world.slot(3, 2) }
  const doctors: string[] = []
  for (let n = 0; n < 8; n++) {
    const answer = await world.book(wish, { as: patient(60 + n) })
    t.is(answer.statusCode, 201, answer.body)
    doctors.push(answer.json<{ doctorId: string }>().doctorId)
  }
  t.is(new Set(doctors.slice(0, 4)).size, 1)
  t.is(new Set(doctors.slice(4)).size, 1)
  t.is(new Set(doctors).size, 2)
  t.is((await world.book(wish, { as: patient(70) })).statusCode, 409)
})

test('who alone loses a slot is told the nearest ones of the same doctor, and never further ones by chance', async (t) => {
  const [doctorId = ''] = world.people.doctors
  for (let day = 5; day < 9; day++) {
    const wish = { doctorId, serviceId: world.people.consultation, start: world.slot(10, day) }
    t.is((await world.book(wish, { as: patient(80) })).statusCode, 201)
    const lost = await world.book(wish, { as: patient(81) })
    t.is(lost.statusCode, 409, lost.body)
    t.deepEqual(
      lost.json<Refusal>().alternatives.map(({ start }) => start),
      [9, 11, 8, 12, 7].map((n) => world.slot(n, day)),
    )
  }
})
