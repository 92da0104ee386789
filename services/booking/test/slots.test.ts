import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { addResources, addService, call } from './helpers/call.ts'
import { createWorld, type World } from './helpers/world.ts'

interface SlotPage {
  slots: {
    doctorId: string
    serviceId: string
    clinicId: string
    start: string
    end: string
    seatsLeft?: number
    heldByMe?: true
    holdId?: string
  }[]
  next?: string
}

const scope = fileScope(test)
let world: World
let prepared: string
let course: string
let scan: string

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async (pieces) => {
      prepared = await addService(pieces, { buffer_before: '30 min' })
      course = await addService(pieces, { duration: '1 h', alignment: '1 h', capacity: 3 })
      scan = await addService(pieces, { room_kind: 'scan-room' })
      await addResources(pieces, 'scan-room', 1)
      await pieces.pool.query(`UPDATE doctor SET languages = '{pt-BR,en}' WHERE id = $1`, [
        pieces.people.doctors[1],
      ])
    },
  })
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
  // As the directory finds doctors: case and accents do not count, whichever way they are encoded.
  for (const city of ['Vitória', 'vitoria', 'VITÓRIA', 'Vito\u0301ria'])
    t.deepEqual(await doctorsOf({ city }), people.doctors.slice(0, 3).sort(), city)
  t.deepEqual(await doctorsOf({ city: 'Vit' }), [])
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

test('the preparation of a first visit may lie before the hours, that of others needs free time', async (t) => {
  const serviceId = prepared
  const starts = async () => (await search({ ...ofDay(8), serviceId })).slots.map(({ start }) => start)
  t.is((await starts())[0], world.slot(0, 8))
  const { doctorId = '' } = ofDay(8)
  const body = { doctorId, serviceId: world.people.consultation, start: world.slot(5, 8) }
  t.is((await world.book(body, { as: world.people.patients[50] ?? '' })).statusCode, 201)
  const left = new Set(await starts())
  t.deepEqual(
    [4, 5, 6, 7, 8].map((n) => left.has(world.slot(n, 8))),
    [true, false, false, false, true],
  )
})

test('of a group visit the seats that are left are shown, and nothing else is offered in its time', async (t) => {
  const { doctorId = '' } = ofDay(9)
  const body = { doctorId, serviceId: course, start: world.slot(3, 9) }
  const seats = async () => {
    const { slots } = await search({ ...ofDay(9), serviceId: course })
    return slots.find(({ start }) => start === body.start)?.seatsLeft
  }
  t.is(await seats(), 3)
  for (const left of [2, 1, undefined]) {
    t.is((await world.book(body, { as: world.people.patients[60 + (left ?? 0)] ?? '' })).statusCode, 201)
    t.is(await seats(), left)
  }
  const short = (await search(ofDay(9))).slots.map(({ start }) => start)
  t.false(short.some((start) => [3, 4, 5].map((n) => world.slot(n, 9)).includes(start)))
})

test('the only room taken by one doctor is no slot of another, though that one is free', async (t) => {
  const [first = '', second = ''] = world.people.doctors
  const start = world.slot(7, 9)
  const offered = async () => {
    const { slots } = await search({ ...ofDay(9, 1), serviceId: scan })
    return slots.some((slot) => slot.start === start)
  }
  t.true(await offered())
  const patient = world.people.patients[70] ?? ''
  const made = await world.book({ doctorId: first, serviceId: scan, start }, { as: patient })
  t.is(made.statusCode, 201, made.body)
  t.false(await offered())
  const { id } = made.json<{ id: string }>()
  await call(world, 'POST', `/v1/appointments/${id}/cancel`, { as: patient, body: {} })
  t.true(await offered())
  t.is((await world.book({ doctorId: second, serviceId: scan, start }, { as: patient })).statusCode, 201)
})

test('a slot that I hold is shown to me as mine, and to nobody else', async (t) => {
  const [mine = '', theirs = ''] = world.people.patients.slice(80, 82)
  const { doctorId = '', serviceId = '' } = ofDay(6, 2)
  const start = world.slot(4, 6)
  const held = await call(world, 'POST', '/v1/holds', { as: mine, body: { doctorId, serviceId, start } })
  t.is(held.statusCode, 201, held.body)
  const seenBy = async (headers: Record<string, string>) => {
    const url = `/v1/slots?${new URLSearchParams(ofDay(6, 2)).toString()}`
    const { slots } = (await world.app.inject({ url, headers })).json<SlotPage>()
    t.deepEqual(
      slots.map((slot) => slot.start),
      slots.map((slot) => slot.start).sort(),
    )
    return slots.find((slot) => slot.start === start)
  }
  const as = (patient: string) => ({ authorization: `Bearer ${world.token(patient)}` })
  t.like(await seenBy(as(mine)), { heldByMe: true, holdId: held.json<{ id: string }>().id })
  t.is(await seenBy(as(theirs)), undefined)
  t.is(await seenBy({}), undefined)
})

test('a language is that of the doctor, by its beginning; an unknown one finds nobody', async (t) => {
  const query = { serviceId: world.people.consultation, from: world.slot(0, 7), to: world.slot(1, 7) }
  const doctorsOf = async (language: string) =>
    (await search({ ...query, language })).slots.map(({ doctorId }) => doctorId)
  t.deepEqual(await doctorsOf('PT'), [world.people.doctors[1] ?? ''])
  t.deepEqual(await doctorsOf('en'), [world.people.doctors[1] ?? ''])
  t.deepEqual(await doctorsOf('pt-PT'), [])
})

test('a day is one of the zone asked for, and what is no day or no zone is refused by name', async (t) => {
  const day = world.slot(0, 4).slice(0, 10)
  const { doctorId = '', serviceId = '' } = ofDay(4)
  const inZone = async (zone: string) =>
    (await search({ doctorId, serviceId, day, zone, limit: '200' })).slots
  t.is((await inZone('UTC')).length, 30)
  // 8:00 to 18:00 UTC is 17:00 to 3:00 in Tokyo: the first seven hours belong to that day, the rest to the next.
  const tokyo = await inZone('Asia/Tokyo')
  t.is(tokyo.length, 30)
  t.is(tokyo[0]?.start, new Date(Date.parse(world.slot(21, 3))).toISOString().replace('.000Z', 'Z'))
  const refusal = async (query: Record<string, string>) => {
    const url = `/v1/slots?${new URLSearchParams({ doctorId, serviceId, ...query }).toString()}`
    return (await world.app.inject({ url })).json<{ code: string }>().code
  }
  t.is(await refusal({ day, zone: 'Mars/Base' }), 'BOOKING_ZONE_UNKNOWN')
  t.is(await refusal({ day: '2027-02-30' }), 'BOOKING_RANGE_INVALID')
  t.is(await refusal({ day, from: world.slot(0) }), 'BOOKING_RANGE_INVALID')
  t.is(await refusal({}), 'BOOKING_RANGE_INVALID')
})

test('the first slots of many doctors are what each would find alone; who is not bookable has none', async (t) => {
  const { doctors, consultation } = world.people
  const asked = [...doctors, randomUUID()]
  const url = `/v1/slots/next-by-doctor?serviceId=${consultation}&doctorIds=${asked.join(',')}`
  const answer = (await world.app.inject({ url })).json<{
    doctors: { doctorId: string; slot: { start: string } | null }[]
  }>()
  t.deepEqual(
    answer.doctors.map(({ doctorId }) => doctorId),
    asked,
  )
  for (const { doctorId, slot } of answer.doctors.slice(0, 2)) {
    const alone = await world.app.inject({
      url: `/v1/slots/next?doctorId=${doctorId}&serviceId=${consultation}`,
    })
    t.deepEqual(slot, alone.json<{ slot: { start: string } }>().slot)
  }
  t.deepEqual(
    answer.doctors.slice(3).map(({ slot }) => slot),
    [null, null],
  )
  const tooMany = Array.from({ length: 51 }, () => randomUUID()).join(',')
  const refused = await world.app.inject({
    url: `/v1/slots/next-by-doctor?serviceId=${consultation}&doctorIds=${tooMany}`,
  })
  t.is(refused.statusCode, 400)
})
