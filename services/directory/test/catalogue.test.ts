import { randomUUID } from 'node:crypto'

import { ClinicSnapshot, ServiceTypeSnapshot, SpecialtySnapshot } from '@medqueue/contracts'
import { fileScope } from '@medqueue/testing'
import test from 'ava'
import type { TSchema } from 'typebox'
import { Check } from 'typebox/value'

import { clinic, doctor, plant, specialty } from './helpers/network.ts'
import { waiting } from './helpers/outbox.ts'
import { send } from './helpers/send.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope)
})

const admin = (more: Record<string, string> = {}) => ({ ...world.as('admin'), ...more })

interface Kind {
  path: string
  kind: string
  snapshot: TSchema
  body: () => Record<string, unknown>
}

const kinds: Kind[] = [
  {
    path: '/v1/clinics',
    kind: 'clinic',
    snapshot: ClinicSnapshot,
    body: () => ({ name: `Clinic ${randomUUID()}`, city: 'Vitória', state: 'ES', zone: 'America/Sao_Paulo' }),
  },
  {
    path: '/v1/specialties',
    kind: 'specialty',
    snapshot: SpecialtySnapshot,
    body: () => ({ name: `Specialty ${randomUUID()}` }),
  },
  {
    path: '/v1/service-types',
    kind: 'service-type',
    snapshot: ServiceTypeSnapshot,
    body: () => ({
      name: `Service ${randomUUID()}`,
      durationMinutes: 20,
      bufferAfterMinutes: 0,
      alignmentMinutes: 20,
      minimumNoticeMinutes: 0,
      horizonDays: 90,
      approval: 'manual',
    }),
  },
]

for (const { path, kind, snapshot, body } of kinds) {
  test(`${path}: made, read, replaced and switched off, each told once`, async (t) => {
    const made = await send(world, 'POST', path, { headers: admin(), body: body() })
    t.is(made.status, 201)
    const url = `${path}/${String(made.body.id)}`
    t.is(made.headers.location, url)
    t.deepEqual((await send(world, 'GET', url)).body, made.body)

    const fields = body()
    const headers = admin({ 'if-match': String(made.headers.etag) })
    const changed = await send(world, 'PUT', url, { headers, body: fields })
    t.is(changed.status, 200)
    t.like(changed.body, { ...fields, version: 2 })

    const off = await send(world, 'POST', `${url}/deactivate`, {
      headers: admin({ 'if-match': String(changed.headers.etag) }),
    })
    t.like(off.body, { active: false, version: 3 })

    const told = await waiting(world.database.pool, String(made.body.id))
    t.deepEqual(
      told.map(({ subject }) => subject),
      Array.from({ length: 3 }, () => `directory.${kind}.${String(made.body.id)}`),
    )
    t.true(told.every(({ event }) => Check(snapshot, event.data)))
    t.deepEqual(
      told.map(({ event }) => [event.version, event.data.version, event.data.active]),
      [
        [1, 1, true],
        [2, 2, true],
        [3, 3, false],
      ],
    )
  })

  test(`${path}: what is switched off is not listed`, async (t) => {
    const made = await send(world, 'POST', path, { headers: admin(), body: body() })
    const url = `${path}/${String(made.body.id)}`
    await send(world, 'POST', `${url}/deactivate`, { headers: admin({ 'if-match': '"1"' }) })
    t.false((await listAll(path)).includes(String(made.body.id)))
    await send(world, 'POST', `${url}/activate`, { headers: admin({ 'if-match': '"2"' }) })
    t.true((await listAll(path)).includes(String(made.body.id)))
  })

  test(`${path}: a change needs If-Match, of the current version, of a record that exists`, async (t) => {
    const made = await send(world, 'POST', path, { headers: admin(), body: body() })
    const url = `${path}/${String(made.body.id)}`
    t.is((await send(world, 'PUT', url, { headers: admin(), body: body() })).status, 428)
    const stale = admin({ 'if-match': '"2"' })
    t.is((await send(world, 'PUT', url, { headers: stale, body: body() })).status, 412)
    t.is((await send(world, 'POST', `${url}/deactivate`, { headers: stale })).status, 412)
    t.is((await send(world, 'PUT', `${path}/${randomUUID()}`, { headers: stale, body: body() })).status, 404)
    t.is((await waiting(world.database.pool, String(made.body.id))).length, 1)
  })

  test(`${path}: an id is taken once`, async (t) => {
    const id = randomUUID()
    t.is((await send(world, 'POST', path, { headers: admin(), body: { ...body(), id } })).status, 201)
    const again = await send(world, 'POST', path, { headers: admin(), body: { ...body(), id } })
    t.is(again.status, 409)
    t.is(again.body.code, 'DIRECTORY_ID_TAKEN')
  })
}

async function listAll(path: string): Promise<string[]> {
  const ids: string[] = []
  for (let cursor: unknown; cursor !== null;) {
    const query: string = typeof cursor === 'string' ? `&cursor=${cursor}` : ''
    const { body } = await send(world, 'GET', `${path}?limit=2${query}`)
    ids.push(...(body.items as { id: string }[]).map(({ id }) => id))
    cursor = body.next
  }
  return ids
}

test('pages of a list meet without gap or duplicate', async (t) => {
  const clinics = Array.from({ length: 5 }, () => clinic({ name: 'Twin Clinic' }))
  await plant(world.database.pool, { clinics })
  const twins = new Set(clinics.map(({ id }) => id))
  const ids = (await listAll('/v1/clinics')).filter((id) => twins.has(id))
  t.is(ids.length, 5)
  t.is(new Set(ids).size, 5)
})

test('two specialties may not differ in accents and case alone', async (t) => {
  const make = async (name: string) =>
    send(world, 'POST', '/v1/specialties', { headers: admin(), body: { name } })
  t.is((await make('Nutrição')).status, 201)
  const again = await make('NUTRICAO')
  t.is(again.status, 409)
  t.like(again.body, { code: 'DIRECTORY_NAME_TAKEN', errors: [{ field: 'name' }] })
})

test('a zone that does not exist is named', async (t) => {
  const body = { name: 'x', city: 'x', state: 'x', zone: 'America/Atlantis' }
  const answer = await send(world, 'POST', '/v1/clinics', { headers: admin(), body })
  t.is(answer.status, 422)
  t.like(answer.body, { code: 'DIRECTORY_FIELD_INVALID', errors: [{ field: 'zone' }] })
})

test('doctors are found by the new name of their specialty and clinic', async (t) => {
  const own = specialty('Phrenology')
  const place = clinic({ name: 'Lighthouse' })
  const oak = doctor({ name: 'Dr. Oak 1', specialtyId: own.id, clinicIds: [place.id] })
  await plant(world.database.pool, { specialties: [own], clinics: [place], doctors: [oak] })
  const headers = admin({ 'if-match': '"1"' })
  await send(world, 'PUT', `/v1/specialties/${own.id}`, { headers, body: { name: 'Audiology' } })
  const { city, state, zone } = place
  await send(world, 'PUT', `/v1/clinics/${place.id}`, {
    headers,
    body: { name: 'Windmill', city, state, zone },
  })
  const hits = async (q: string) =>
    ((await send(world, 'GET', `/v1/doctors?q=${q}`)).body.items as { id: string }[]).map(({ id }) => id)
  t.deepEqual(await hits('audiology windmill'), [oak.id])
  t.deepEqual(await hits('phrenology'), [])
  t.deepEqual(await hits('lighthouse'), [])
})
