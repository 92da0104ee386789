import { randomUUID } from 'node:crypto'

import { type EventEnvelope, ResourceChanged } from '@medqueue/contracts'
import { fileScope } from '@medqueue/testing'
import test from 'ava'
import { Check } from 'typebox/value'

import { everything } from './helpers/outbox.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World
let clinicId: string

test.before(async () => {
  world = await createWorld(scope)
  clinicId = await world.addClinic()
})

const body = (overrides: object = {}) => {
  return { kind: 'ultrasound', clinicId, name: `Scan room ${randomUUID()}`, ...overrides }
}
const post = async (payload: object) =>
  world.app.inject({ method: 'POST', url: '/v1/resources', headers: world.as('admin'), payload })
const put = async (id: string, payload: object, ifMatch?: string) => {
  const headers = { ...world.as('admin'), ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }) }
  return world.app.inject({ method: 'PUT', url: `/v1/resources/${id}`, headers, payload })
}
const told = async (id: string) => {
  const { rows } = await world.database.pool.query<{ event: string }>(
    'SELECT event FROM outbox WHERE subject = $1 ORDER BY id',
    [`schedule.resource.${id}`],
  )
  return rows.map(({ event }) => JSON.parse(event) as EventEnvelope<ResourceChanged>)
}

test.serial('a room is made, read, changed and switched off, each change told once', async (t) => {
  const made = await post(body({ name: 'Scan room 1' }))
  t.is(made.statusCode, 201)
  t.is(made.headers.etag, '"1"')
  const { id } = made.json<{ id: string }>()
  t.is(made.headers.location, `/v1/resources/${id}`)
  t.like(made.json(), { kind: 'ultrasound', clinicId, name: 'Scan room 1', active: true, version: 1 })

  t.is((await put(id, body({ name: 'Scan room one' }), '"1"')).statusCode, 200)
  t.is((await put(id, body({ name: 'Scan room one', active: false }), '"2"')).statusCode, 200)
  const read = await world.app.inject({ url: `/v1/resources/${id}`, headers: world.as('doctor') })
  t.like(read.json(), { name: 'Scan room one', active: false, version: 3 })

  const events = await told(id)
  t.true(events.every(({ data }) => Check(ResourceChanged, data)))
  t.deepEqual(
    events.map(({ version, data }) => [version, data.version, data.name, data.active]),
    [
      [1, 1, 'Scan room 1', true],
      [2, 2, 'Scan room one', true],
      [3, 3, 'Scan room one', false],
    ],
  )
})

test.serial('a change that is stale, or says no version, changes nothing', async (t) => {
  const { id } = (await post(body())).json<{ id: string }>()
  const before = await everything(world.database.pool)
  t.is((await put(id, body(), '"2"')).statusCode, 412)
  t.is((await put(id, body())).statusCode, 428)
  t.like((await put(randomUUID(), body(), '*')).json(), { code: 'SCHEDULING_RESOURCE_UNKNOWN' })
  t.is(await everything(world.database.pool), before)
})

test.serial('a name is taken once in a clinic, and free in the next', async (t) => {
  const elsewhere = await world.addClinic()
  const first = await post(body({ name: 'Delivery room' }))
  t.is(first.statusCode, 201)
  const before = await everything(world.database.pool)
  const second = await post(body({ name: 'Delivery room' }))
  t.is(second.statusCode, 409)
  t.like(second.json(), { code: 'SCHEDULING_RESOURCE_NAME_TAKEN', errors: [{ field: 'name' }] })
  t.is(await everything(world.database.pool), before)
  t.is((await post(body({ name: 'Delivery room', clinicId: elsewhere }))).statusCode, 201)
})

test.serial('lists come by clinic, kind and state, in pages that meet', async (t) => {
  const here = await world.addClinic()
  const ids: string[] = []
  for (const [kind, active] of [
    ['ultrasound', true],
    ['ultrasound', false],
    ['monitor', true],
    ['ultrasound', true],
  ] as const)
    ids.push((await post(body({ clinicId: here, kind, active }))).json<{ id: string }>().id)
  const list = async (query: Record<string, string>) => {
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Record<string, string> = cursor === '' ? {} : { cursor }
      const answer = await world.app.inject({
        url: '/v1/resources',
        headers: world.as('doctor'),
        query: { clinicId: here, limit: '2', ...query, ...page },
      })
      const { items, next } = answer.json<{ items: { id: string }[]; next: string | null }>()
      seen.push(...items.map(({ id }) => id))
      cursor = next
    }
    return seen
  }
  t.deepEqual(await list({}), ids)
  t.deepEqual(await list({ kind: 'ultrasound', active: 'true' }), [ids[0], ids[3]])
  t.deepEqual(await list({ kind: 'monitor' }), [ids[2]])
})

const spoilt: [string, unknown, number][] = [
  ['kind', 'Ultra sound', 400],
  ['kind', 'x'.repeat(41), 400],
  ['name', '', 400],
  ['name', ' Room', 400],
  ['name', 'x'.repeat(201), 400],
  ['name', 'a\u0000b', 400],
  ['active', 'yes', 400],
  ['clinicId', 'x', 400],
  ['clinicId', randomUUID(), 422],
  ['colour', 'red', 400],
]
for (const [index, [field, value, status]] of spoilt.entries()) {
  test.serial(`a room is refused for its ${field}, case ${index}`, async (t) => {
    const before = await everything(world.database.pool)
    const answer = await post(body({ [field]: value }))
    t.is(answer.statusCode, status, answer.body)
    t.like(answer.json(), { errors: [{ field }] })
    t.is(await everything(world.database.pool), before)
  })
}
