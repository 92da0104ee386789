import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { clinic, doctor, plant, serviceType, specialty } from './helpers/network.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World

const care = specialty()
const service = serviceType()
const place = clinic()
const fern = doctor({ specialtyId: care.id, clinicIds: [place.id], phone: '+55 27 0000-0001' })
const publicFern = doctor({ ...fern, id: clinic().id, phonePublic: true })

test.before(async () => {
  world = await createWorld(scope)
  await plant(world.database.pool, {
    specialties: [care],
    services: [service],
    clinics: [place],
    doctors: [fern, publicFern],
  })
})

const pages = [
  '/v1/doctors?limit=1',
  '/v1/doctors?q=fern',
  `/v1/doctors/${fern.id}`,
  '/v1/clinics',
  `/v1/clinics/${place.id}`,
  '/v1/specialties',
  `/v1/specialties/${care.id}`,
  '/v1/service-types',
  `/v1/service-types/${service.id}`,
]
for (const url of pages) {
  const path = url.replace(/[0-9a-f-]{36}/, '{id}')
  test(`${path} has a tag, is kept for seconds, and answers 304 to the tag`, async (t) => {
    const first = await world.app.inject({ url })
    t.is(first.statusCode, 200)
    t.is(first.headers['cache-control'], 'public, max-age=5')
    const second = await world.app.inject({ url, headers: { 'if-none-match': String(first.headers.etag) } })
    t.is(second.statusCode, 304)
    t.is(second.body, '')
    t.is(second.headers.etag, first.headers.etag)
    const other = await world.app.inject({ url, headers: { 'if-none-match': '"0-00"' } })
    t.is(other.body, first.body)
  })
}

test('HEAD answers like GET without the body', async (t) => {
  const answer = await world.app.inject({ method: 'HEAD', url: `/v1/doctors/${fern.id}` })
  t.is(answer.statusCode, 200)
  t.is(answer.body, '')
  t.regex(String(answer.headers.etag), /^"1-/)
})

test.serial("a doctor's tag changes when a clinic shown in it is renamed", async (t) => {
  const own = clinic({ name: 'Old Name' })
  const palm = doctor({ specialtyId: care.id, clinicIds: [own.id], name: 'Dr. Palm 1' })
  await plant(world.database.pool, { clinics: [own], doctors: [palm] })
  const url = `/v1/doctors/${palm.id}`
  const before = await world.app.inject({ url })
  const { city, state, zone } = own
  const renamed = await world.app.inject({
    method: 'PUT',
    url: `/v1/clinics/${own.id}`,
    headers: { ...world.as('admin'), 'if-match': '"1"' },
    payload: { name: 'New Name', city, state, zone },
  })
  t.is(renamed.statusCode, 200)
  const after = await world.app.inject({ url, headers: { 'if-none-match': String(before.headers.etag) } })
  t.is(after.statusCode, 200)
  t.is(after.json<{ clinics: { name: string }[] }>().clinics[0]?.name, 'New Name')
})

const phoneOf = async (id: string, headers = {}) => {
  const answer = await world.app.inject({ url: `/v1/doctors/${id}`, headers })
  return { phone: answer.json<{ phone: string | null }>().phone, control: answer.headers['cache-control'] }
}

test('a phone number that is not public is shown to nobody but staff and its owner', async (t) => {
  t.is((await phoneOf(fern.id)).phone, null)
  t.is((await phoneOf(fern.id, world.as('patient'))).phone, null)
  t.is((await phoneOf(fern.id, world.as('doctor'))).phone, null)
  t.is((await phoneOf(fern.id, world.as('doctor', fern.id))).phone, fern.phone)
  t.is((await phoneOf(fern.id, world.as('admin'))).phone, fern.phone)
})

test('a phone number that is public is shown to everybody', async (t) => {
  t.is((await phoneOf(publicFern.id)).phone, fern.phone)
})

test('search hides the same numbers', async (t) => {
  const answer = await world.app.inject({ url: '/v1/doctors?q=fern' })
  const phones = new Map(
    answer.json<{ items: { id: string; phone: string | null }[] }>().items.map((d) => [d.id, d.phone]),
  )
  t.is(phones.get(fern.id), null)
  t.is(phones.get(publicFern.id), fern.phone)
})

test('what an admin sees is not kept for others', async (t) => {
  t.is((await phoneOf(fern.id, world.as('admin'))).control, 'private, no-cache')
  const answer = await world.app.inject({ url: `/v1/doctors/${fern.id}` })
  t.is(answer.headers.vary, 'authorization')
})
