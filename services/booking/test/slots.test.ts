import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { createWorld, type World } from './helpers/world.ts'

interface SlotPage {
  slots: { doctorId: string; serviceId: string; clinicId: string; start: string; end: string }[]
  next?: string
}

const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope)
  world.work()
})

async function search(query: Record<string, string>): Promise<SlotPage> {
  const answer = await world.app.inject({ url: `/v1/slots?${new URLSearchParams(query).toString()}` })
  if (answer.statusCode !== 200) throw new Error(answer.body)
  return answer.json<SlotPage>()
}

const ofDay = (day: number, doctor = 0): Record<string, string> => ({
  doctorId: world.people.doctors[doctor] ?? '',
  serviceId: world.people.consultation,
  from: world.slot(0, day),
  to: world.slot(36, day),
  limit: '200',
})

test('an empty day offers every start of the grid, without a log-in', async (t) => {
  const { slots, next } = await search(ofDay(0))
  t.deepEqual(
    slots.map(({ start }) => start),
    Array.from({ length: 30 }, (_, n) => world.slot(n)),
  )
  t.true(slots.every(({ clinicId }) => clinicId === world.people.clinic))
  t.is(next, undefined)
})

test('a booked slot is gone, and back when it is cancelled', async (t) => {
  const [patient = ''] = world.people.patients
  const start = world.slot(3, 1)
  const { doctorId = '', serviceId = '' } = ofDay(1)
  const { id } = (await world.book({ doctorId, serviceId, start }, { as: patient })).json<{ id: string }>()
  t.false((await search(ofDay(1))).slots.some((slot) => slot.start === start))
  const cancelled = await world.app.inject({
    method: 'POST',
    url: `/v1/appointments/${id}/cancel`,
    headers: { authorization: `Bearer ${world.token(patient)}` },
    payload: {},
  })
  t.is(cancelled.statusCode, 200)
  t.true((await search(ofDay(1))).slots.some((slot) => slot.start === start))
})

test('a visit with a buffer closes every start it would meet, for longer and shorter services alike', async (t) => {
  const [doctorId = ''] = world.people.doctors
  const asked = await world.book(
    { doctorId, serviceId: world.people.procedure, start: world.slot(6, 2) },
    { as: world.people.patients[1] ?? '' },
  )
  t.is(asked.statusCode, 201)
  const starts = (page: SlotPage) => new Set(page.slots.map(({ start }) => start))
  const short = starts(await search(ofDay(2)))
  // 30 minutes and 10 of buffer: two consultations are gone, the one before and the one after are not.
  t.deepEqual(
    [5, 6, 7, 8].map((n) => short.has(world.slot(n, 2))),
    [true, false, false, true],
  )
  const long = starts(await search({ ...ofDay(2), serviceId: world.people.procedure }))
  // A procedure before it would need its own buffer.
  t.deepEqual(
    [4, 5, 6, 7, 8].map((n) => long.has(world.slot(n, 2))),
    [true, false, false, false, true],
  )
})

test('pages follow each other without a gap or a repeat', async (t) => {
  const query = {
    specialtyId: world.people.specialty,
    serviceId: world.people.consultation,
    from: world.slot(0, 5),
    to: world.slot(72, 6),
  }
  const whole = await search({ ...query, limit: '200' })
  const paged: SlotPage['slots'] = []
  let cursor: string | undefined
  do {
    const page: SlotPage = await search({ ...query, limit: '7', ...(cursor === undefined ? {} : { cursor }) })
    t.true(page.slots.length <= 7)
    paged.push(...page.slots)
    cursor = page.next
  } while (cursor !== undefined)
  t.deepEqual(paged, whole.slots)
  t.is(new Set(paged.map(({ doctorId, start }) => `${doctorId} ${start}`)).size, paged.length)
  t.is(new Set(paged.map(({ doctorId }) => doctorId)).size, 2)
})

test('specialty, clinic and city narrow a search, and an inactive doctor is never offered', async (t) => {
  const { people } = world
  const query = { serviceId: people.consultation, from: world.slot(0, 7), to: world.slot(1, 7) }
  const doctorsOf = async (filter: Record<string, string>) =>
    [...new Set((await search({ ...query, ...filter })).slots.map(({ doctorId }) => doctorId))].sort()
  t.deepEqual(await doctorsOf({ specialtyId: people.specialty }), people.doctors.slice(0, 2).sort())
  t.deepEqual(await doctorsOf({ city: 'Vitória' }), people.doctors.slice(0, 3).sort())
  t.deepEqual(await doctorsOf({ clinicId: people.clinic }), people.doctors.slice(0, 3).sort())
  t.deepEqual(await doctorsOf({ city: 'Elsewhere' }), [])
  t.deepEqual(await doctorsOf({ clinicId: randomUUID() }), [])
  t.deepEqual(await doctorsOf({ doctorId: people.doctors[3] ?? '' }), [])
  t.deepEqual(await doctorsOf({ doctorId: people.doctors[2] ?? '', specialtyId: people.specialty }), [])
})

test('the next slot is the first one a search finds, and each next booking takes the one after', async (t) => {
  const doctorId = world.people.doctors[2] ?? ''
  const serviceId = world.people.consultation
  const next = async () => {
    const answer = await world.app.inject({
      url: `/v1/slots/next?doctorId=${doctorId}&serviceId=${serviceId}`,
    })
    return answer.json<{ slot: { start: string } }>().slot.start
  }
  const seen: string[] = []
  for (const patient of world.people.patients.slice(10, 15)) {
    const start = await next()
    seen.push(start)
    t.is((await world.book({ doctorId, serviceId, start }, { as: patient })).statusCode, 201)
  }
  t.deepEqual(seen, [...new Set(seen)].sort())
})
