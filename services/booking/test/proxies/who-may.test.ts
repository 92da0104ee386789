import { fileScope } from '@medqueue/testing'
import test from 'ava'
import fc from 'fast-check'

import { ACTIONS } from '../../src/domain/life-cycle.ts'
import { addService, call } from '../helpers/call.ts'
import { letAct, snapshot, STANDINGS, tellProxy } from '../helpers/proxies.ts'
import { createVisits } from '../helpers/visits.ts'
import { createWorld, type World } from '../helpers/world.ts'

const scope = fileScope(test)
let world: World
let asking: string

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async (pieces) => {
      const request_fields = JSON.stringify([{ key: 'note', label: 'Anything else?', kind: 'text' }])
      asking = await addService(pieces, { request_fields })
    },
  })
  world.work()
})

let used = 0
const somebody = () => world.people.patients[used++] ?? ''
const visit = createVisits(() => world, 3)

/** Another time of whoever has it. */
const elsewhere = () => {
  const { doctorId, start } = visit()
  return { doctorId, start }
}

/** Everything that can be done with one appointment. Those of the system and of holds have no route here. */
const CALLS: Record<
  string,
  (id: string) => Parameters<typeof call> extends [unknown, ...infer Rest] ? Rest : never
> = {
  ...Object.fromEntries(
    ACTIONS.filter((action) => action !== 'expire' && action !== 'release').map((action) => [
      action,
      (id: string) => ['POST', `/v1/appointments/${id}/${action}`, { as: '', body: { reason: 'because' } }],
    ]),
  ),
  move: (id) => ['POST', `/v1/appointments/${id}/move`, { as: '', body: elsewhere() }],
  read: (id) => ['GET', `/v1/appointments/${id}`, { as: '' }],
  history: (id) => ['GET', `/v1/appointments/${id}/history`, { as: '' }],
  alternatives: (id) => ['GET', `/v1/appointments/${id}/alternatives`, { as: '' }],
  calendar: (id) => ['GET', `/v1/appointments/${id}/calendar.ics`, { as: '' }],
}

/** The answer to somebody who stands so to the patient of an appointment of their own. */
async function answerTo(
  standing: keyof typeof STANDINGS | 'patient' | 'stranger',
  what: string,
): Promise<number> {
  const [child, caller] = [somebody(), somebody()]
  const booked = await world.book(visit(), { as: child })
  const { id } = booked.json<{ id: string }>()
  if (standing !== 'patient' && standing !== 'stranger')
    await letAct(world, { patientId: child, proxyId: caller }, STANDINGS[standing])
  const [method, url, options] = CALLS[what]?.(id) ?? ['GET', '', { as: '' }]
  const as = standing === 'patient' ? child : caller
  return (await call(world, method, url, { ...options, as })).statusCode
}

for (const what of Object.keys(CALLS)) {
  test(`${what}: a proxy may what the patient may, and one whose time is over what strangers may`, async (t) => {
    const [patient, stranger] = [await answerTo('patient', what), await answerTo('stranger', what)]
    t.true(stranger === 404 || stranger === patient, `a stranger gets ${stranger}, the patient ${patient}`)
    t.is(await answerTo('proxy', what), patient)
    t.is(await answerTo('proxy with notes', what), patient)
    t.is(await answerTo('revoked proxy', what), stranger)
    t.is(await answerTo('expired proxy', what), stranger)
  })
}

/** What people have written: the patient, the answers they gave, and the doctor. */
const WRITTEN = ['my secret', 'my answer', 'written by the doctor']

/** Everything that shows appointments, as text. */
async function seen(as: string, id: string, patientId: string): Promise<{ status: number; text: string }[]> {
  const urls = [
    `/v1/appointments/${id}`,
    `/v1/appointments/${id}/history`,
    `/v1/appointments/${id}/calendar.ics`,
    `/v1/appointments?patientId=${patientId}`,
    `/fhir/R4/Appointment/${id}`,
    `/fhir/R4/AppointmentResponse/${id}-patient`,
    `/fhir/R4/Appointment?patient=${patientId}`,
  ]
  const answers = await Promise.all(urls.map((url) => call(world, 'GET', url, { as })))
  return answers.map(({ statusCode: status, body: text }) => ({ status, text }))
}

test('a proxy sees when and where; what people have written only when it was granted, and nothing once it is over', async (t) => {
  const [child, mother] = [somebody(), somebody()]
  const { doctorId, ...body } = visit()
  const written = { message: 'my secret', answers: { note: 'my answer' } }
  const booked = await world.book({ ...body, doctorId, serviceId: asking, ...written }, { as: child })
  t.is(booked.statusCode, 201, booked.body)
  const { id, start } = booked.json<{ id: string; start: string }>()
  const reason = 'written by the doctor'
  const cancelled = await call(world, 'POST', `/v1/appointments/${id}/cancel`, {
    ...{ as: doctorId, role: 'doctor', body: { reason } },
  })
  t.is(cancelled.statusCode, 200)
  const first = snapshot({ patientId: child, proxyId: mother })
  let version = 0
  const run = fc.asyncProperty(fc.boolean(), fc.boolean(), fc.boolean(), async (active, notes, expired) => {
    version += 1
    const expiresAt = expired ? STANDINGS['expired proxy'].expiresAt : first.expiresAt
    await tellProxy(world, { ...first, version, active, notes, expiresAt })
    const now = active && !expired
    const isShown = now && notes
    for (const { status, text } of await seen(mother, id, child)) {
      t.is(status === 200, now, text)
      t.true(now || !text.includes(start), text)
      t.true(isShown || !WRITTEN.some((secret) => text.includes(secret)), text)
    }
    const [read] = await seen(mother, id, child)
    t.is(
      WRITTEN.every((secret) => read?.text.includes(secret)),
      isShown,
    )
    const repeated = await call(world, 'POST', `/v1/appointments/${id}/cancel`, { as: mother, body: {} })
    t.is(repeated.statusCode, now ? 200 : 404)
    t.is(repeated.body.includes('my secret'), isShown)
    const refused = await call(world, 'POST', `/v1/appointments/${id}/arrive`, { as: mother, body: {} })
    t.is(refused.body.includes(reason), isShown)
  })
  await fc.assert(run, { numRuns: 24 })
  for (const { text } of await seen(child, id, child)) t.regex(text, /\w/)
  const { rows: told } = await world.pool.query<{ event: string }>(
    `SELECT event FROM outbox WHERE event LIKE '%"appointmentId":"' || $1::text || '"%'`,
    [id],
  )
  t.true(told.length > 1)
  t.false(
    told.some(({ event }) => WRITTEN.some((secret) => event.includes(secret))),
    'events, which proxies hear live, say nothing of it',
  )
  t.like((await call(world, 'GET', `/v1/appointments/${id}`, { as: child })).json(), { message: 'my secret' })
})
