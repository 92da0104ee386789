import { randomUUID } from 'node:crypto'

import { ProxySnapshot, RELATIONSHIPS } from '@medqueue/contracts'
import { fileScope } from '@medqueue/testing'
import test from 'ava'
import { Check } from 'typebox/value'

import { waiting } from './helpers/outbox.ts'
import { inDays } from './helpers/routes.ts'
import { send, type Sent } from './helpers/send.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope)
})

const admin = () => world.as('admin')
const patient = (id: string) => world.as('patient', id)

async function newPatient(name = 'Patient A'): Promise<string> {
  const made = await send(world, 'POST', '/v1/patients', { headers: admin(), body: { name } })
  return String(made.body.id)
}

async function pair(): Promise<{ child: string; mother: string; url: string }> {
  const [child, mother] = [await newPatient('Child'), await newPatient('Mother')]
  return { child, mother, url: `/v1/patients/${child}/proxies` }
}

const terms = (more: object = {}) => ({
  relationship: 'parent',
  notes: false,
  expiresAt: inDays(90),
  ...more,
})

async function granted(): Promise<{ child: string; mother: string; url: string; made: Sent }> {
  const { child, mother, url } = await pair()
  const made = await send(world, 'POST', url, {
    headers: patient(child),
    body: { proxyId: mother, ...terms() },
  })
  return { child, mother, url: String(made.headers.location), made }
}

test('a patient lets somebody act for them, and the others are told without names', async (t) => {
  const { child, mother, url, made } = await granted()
  t.is(made.status, 201, JSON.stringify(made.body))
  t.like(made.body, { version: 1, active: true, patientId: child, proxyId: mother, notes: false })
  const id = String(made.body.id)
  const [told, ...more] = await waiting(world.database.pool, id)
  t.is(told?.subject, `directory.proxy.${id}`)
  t.is(told?.event.type, 'directory.proxy.changed')
  t.true(Check(ProxySnapshot, told?.event.data))
  t.deepEqual(told?.event.data, made.body)
  t.deepEqual(more, [])
  t.deepEqual((await send(world, 'GET', url, { headers: patient(mother) })).body, made.body)
})

test('consent never comes from the would-be proxy', async (t) => {
  const { child, mother, url } = await pair()
  const body = { proxyId: mother, ...terms() }
  const asked = await send(world, 'POST', url, { headers: patient(mother), body })
  t.is(asked.status, 404)
  const doctor = await send(world, 'POST', url, { headers: world.as('doctor'), body })
  t.is(doctor.status, 404)
  const list = await send(world, 'GET', url, { headers: patient(child) })
  t.deepEqual(list.body, { items: [], next: null })
})

test('a proxy does not give themself more, nor longer', async (t) => {
  const { mother, url, made } = await granted()
  const headers = { ...patient(mother), 'if-match': '*' }
  t.is((await send(world, 'PUT', url, { headers, body: terms({ notes: true }) })).status, 404)
  t.deepEqual((await send(world, 'GET', url, { headers: patient(mother) })).body, made.body)
})

test('for a child without an account the front desk makes the patient and the grant', async (t) => {
  const { child, mother, url } = await pair()
  const reason = 'Birth certificate and passport seen'
  const body = { proxyId: mother, ...terms({ relationship: 'guardian', notes: true }), reason }
  const headers = admin()
  for (const silent of [undefined, '']) {
    const refused = await send(world, 'POST', url, { headers, body: { ...body, reason: silent } })
    t.is(refused.status, silent === undefined ? 422 : 400)
    t.like(refused.body, { errors: [{ field: 'reason' }] })
  }
  const made = await send(world, 'POST', url, { headers, body })
  t.is(made.status, 201)
  t.false(JSON.stringify(await waiting(world.database.pool, String(made.body.id))).includes(reason))
  const one = String(made.headers.location)
  const { body: read } = await send(world, 'GET', `${one}/history`, { headers: patient(child) })
  t.like(read, { history: [{ reason }] })
  const checked = (read.history as { by: string }[])[0]?.by
  t.false([child, mother, undefined].includes(checked), 'it is the one at the front desk')
  const longer = { headers: { ...headers, 'if-match': '*' }, body: terms() }
  t.is((await send(world, 'PUT', one, longer)).status, 422)
  const mine = await send(world, 'GET', `/v1/patients/${mother}/acts-for`, { headers: patient(mother) })
  t.like(mine.body, { items: [{ patientId: child, patientName: 'Child', notes: true }] })
})

for (const who of ['patient', 'proxy', 'admin'] as const) {
  test(`the ${who} ends it at any moment, once`, async (t) => {
    const { child, mother, url, made } = await granted()
    const headers = { patient: patient(child), proxy: patient(mother), admin: admin() }[who]
    const ended = await send(world, 'POST', `${url}/revoke`, { headers })
    t.is(ended.status, 200, JSON.stringify(ended.body))
    t.like(ended.body, { version: 2, active: false })
    t.like((await send(world, 'POST', `${url}/revoke`, { headers })).body, { version: 2, active: false })
    const events = await waiting(world.database.pool, String(made.body.id))
    t.deepEqual(
      events.map(({ event }) => [event.version, event.data.active]),
      [
        [1, true],
        [2, false],
      ],
    )
  })
}

test('nobody else reads, changes or ends what is between two people', async (t) => {
  const { url } = await granted()
  const list = url.replace(/\/[^/]+$/, '')
  const headers = { ...world.as('patient'), 'if-match': '*' }
  const answers = await Promise.all([
    send(world, 'GET', list, { headers }),
    send(world, 'GET', url, { headers }),
    send(world, 'GET', `${url}/history`, { headers }),
    send(world, 'PUT', url, { headers, body: terms() }),
    send(world, 'POST', `${url}/revoke`, { headers }),
    send(world, 'GET', `/v1/patients/${randomUUID()}/acts-for`, { headers }),
  ])
  t.deepEqual(
    answers.map(({ status }) => status),
    answers.map(() => 404),
  )
})

test('what was revoked cannot be changed, and can be granted anew', async (t) => {
  const { child, mother, url } = await granted()
  await send(world, 'POST', `${url}/revoke`, { headers: patient(mother) })
  const headers = { ...patient(child), 'if-match': '*' }
  const changed = await send(world, 'PUT', url, { headers, body: terms() })
  t.is(changed.status, 409)
  t.is(changed.body.code, 'DIRECTORY_PROXY_REVOKED')
  const body = { proxyId: mother, ...terms() }
  const again = await send(world, 'POST', `/v1/patients/${child}/proxies`, { headers, body })
  t.is(again.status, 201)
})

test('the history says who granted, changed and revoked, and cannot be rewritten', async (t) => {
  const { child, mother, url, made } = await granted()
  const headers = { ...admin(), 'if-match': String(made.headers.etag) }
  const seen = { notes: true, reason: 'Asked the patient' }
  t.is((await send(world, 'PUT', url, { headers, body: terms(seen) })).status, 200)
  await send(world, 'POST', `${url}/revoke`, { headers: patient(mother) })
  const { body } = await send(world, 'GET', `${url}/history`, { headers: patient(child) })
  const history = body.history as { by: string; active: boolean; notes: boolean }[]
  t.is(history.length, 3)
  t.is(history[0]?.by, child)
  t.false([child, mother].includes(history[1]?.by ?? child))
  t.is(history[2]?.by, mother)
  t.deepEqual(
    history.map(({ active, notes }) => [active, notes]),
    [
      [true, false],
      [true, true],
      [false, true],
    ],
  )
  const rewrite = world.database.pool.query('UPDATE patient_proxy_log SET changed_by = proxy')
  await t.throwsAsync(rewrite, { code: '23001' })
  await t.throwsAsync(world.database.pool.query('DELETE FROM patient_proxy'), { code: '23001' })
})

test('a change of terms is for the version that was read', async (t) => {
  const { child, url } = await granted()
  const body = terms()
  t.is((await send(world, 'PUT', url, { headers: patient(child), body })).status, 428)
  const stale = { ...patient(child), 'if-match': '"9"' }
  t.is((await send(world, 'PUT', url, { headers: stale, body })).status, 412)
  t.is((await send(world, 'POST', `${url}/revoke`, { headers: stale })).status, 412)
})

test('what is sent twice under one id is made once', async (t) => {
  const { child, mother, url } = await pair()
  const body = { id: randomUUID(), proxyId: mother, ...terms() }
  const both = await Promise.all(
    [1, 2].map(() => send(world, 'POST', url, { headers: patient(child), body })),
  )
  t.deepEqual(both.map(({ status }) => status).toSorted(), [201, 409])
  t.is(both.find(({ status }) => status === 409)?.body.code, 'DIRECTORY_ID_TAKEN')
  const other = await send(world, 'POST', url, { headers: patient(child), body: { ...body, id: undefined } })
  t.is(other.body.code, 'DIRECTORY_PROXY_EXISTS')
})

const bad: Record<string, [change: object, status: number, field: string]> = {
  'an end in the past': [{ expiresAt: '2020-01-01T00:00:00Z' }, 422, 'expiresAt'],
  'an end more than two years ahead': [{ expiresAt: inDays(733) }, 422, 'expiresAt'],
  'an end that does not exist': [{ expiresAt: '2099-02-30T00:00:00Z' }, 422, 'expiresAt'],
  'an end that is no instant': [{ expiresAt: 'tomorrow' }, 400, 'expiresAt'],
  'no end': [{ expiresAt: undefined }, 400, 'expiresAt'],
  'a relationship nobody knows': [{ relationship: 'owner' }, 400, 'relationship'],
  'somebody who is not known': [{ proxyId: randomUUID() }, 422, 'proxyId'],
  'somebody who is no UUID': [{ proxyId: 'mother' }, 400, 'proxyId'],
}
for (const [what, [change, status, field]] of Object.entries(bad)) {
  test(`${what} is refused, and nothing is written`, async (t) => {
    const { child, mother, url } = await pair()
    const body = { proxyId: mother, ...terms(), ...change }
    const answer = await send(world, 'POST', url, { headers: patient(child), body })
    t.is(answer.status, status, JSON.stringify(answer.body))
    t.like(answer.body, { errors: [{ field }] })
    t.deepEqual((await send(world, 'GET', url, { headers: patient(child) })).body.items, [])
  })
}

test('nobody is their own proxy, nor that of somebody who does not exist', async (t) => {
  const { child, mother, url } = await pair()
  const own = { proxyId: child, ...terms() }
  t.is((await send(world, 'POST', url, { headers: patient(child), body: own })).status, 422)
  const headers = admin()
  const reason = 'Passport seen'
  const nowhere = `/v1/patients/${randomUUID()}/proxies`
  t.is(
    (await send(world, 'POST', nowhere, { headers, body: { proxyId: mother, ...terms({ reason }) } })).status,
    404,
  )
})

test('every relationship of the contract is taken', async (t) => {
  const { child, mother, url } = await pair()
  const made = await send(world, 'POST', url, {
    headers: patient(child),
    body: { proxyId: mother, ...terms() },
  })
  const one = String(made.headers.location)
  for (const relationship of RELATIONSHIPS) {
    const headers = { ...patient(child), 'if-match': '*' }
    const changed = await send(world, 'PUT', one, { headers, body: terms({ relationship }) })
    t.is(changed.body.relationship, relationship)
  }
})

test('a patient has ten proxies at most, however many are made at once', async (t) => {
  const child = await newPatient()
  const url = `/v1/patients/${child}/proxies`
  const others = await Promise.all(Array.from({ length: 14 }, () => newPatient()))
  const answers = await Promise.all(
    others.map((proxyId) =>
      send(world, 'POST', url, { headers: patient(child), body: { proxyId, ...terms() } }),
    ),
  )
  const made = answers.filter(({ status }) => status === 201)
  t.is(made.length, 10)
  const refused = answers.filter(({ status }) => status !== 201)
  t.deepEqual([...new Set(refused.map(({ body }) => body.code))], ['DIRECTORY_PROXIES_FULL'])
  await send(world, 'POST', `${String(made[0]?.headers.location)}/revoke`, { headers: patient(child) })
  const [proxyId] = others.filter((_, index) => answers[index]?.status !== 201)
  const after = await send(world, 'POST', url, { headers: patient(child), body: { proxyId, ...terms() } })
  t.is(after.status, 201)
})

test('whose time is over is not acted for, and is there to be prolonged', async (t) => {
  const { child, mother, url } = await granted()
  await world.database.pool.query(
    `UPDATE patient_proxy SET expires_at = now(), version = version + 1 WHERE patient_id = $1`,
    [child],
  )
  const mine = () => send(world, 'GET', `/v1/patients/${mother}/acts-for`, { headers: patient(mother) })
  t.deepEqual((await mine()).body.items, [])
  const headers = { ...patient(child), 'if-match': '"2"' }
  t.is((await send(world, 'PUT', url, { headers, body: terms() })).status, 200)
  t.is(((await mine()).body.items as unknown[]).length, 1)
})

test('whose time is over takes no place, and comes back only where there is one', async (t) => {
  const child = await newPatient()
  const url = `/v1/patients/${child}/proxies`
  const headers = patient(child)
  const grant = async () =>
    send(world, 'POST', url, { headers, body: { proxyId: await newPatient(), ...terms() } })
  const before = await Promise.all(Array.from({ length: 10 }, grant))
  t.deepEqual([...new Set(before.map(({ status }) => status))], [201])
  await world.database.pool.query(
    `UPDATE patient_proxy SET expires_at = now(), version = version + 1 WHERE patient_id = $1`,
    [child],
  )
  const after = await Promise.all(Array.from({ length: 11 }, grant))
  t.is(after.filter(({ status }) => status === 201).length, 10)

  const old = String(before[0]?.headers.location)
  const prolong = () => send(world, 'PUT', old, { headers: { ...headers, 'if-match': '*' }, body: terms() })
  t.like((await prolong()).body, { status: 409, code: 'DIRECTORY_PROXIES_FULL' })
  const made = after.find(({ status }) => status === 201)
  await send(world, 'POST', `${String(made?.headers.location)}/revoke`, { headers })
  t.is((await prolong()).status, 200)
  t.is((await prolong()).status, 200, 'whose time is not over keeps the place')
})

test('a list shows who may act now, however many might once', async (t) => {
  const { child, url, made } = await granted()
  await world.database.pool.query(
    `INSERT INTO patient_proxy (id, patient_id, proxy_id, relationship, notes, expires_at, changed_by, changed_at)
     SELECT gen_random_uuid(), $1, gen_random_uuid(), 'friend', false, now() - n * interval '1 day', $1, now()
     FROM generate_series(1, 120) n`,
    [child],
  )
  const list = await send(world, 'GET', url.slice(0, url.lastIndexOf('/')), { headers: patient(child) })
  const items = list.body.items as { id: string }[]
  t.is(items.length, 100)
  t.is(items.at(-1)?.id, String(made.body.id))
})
