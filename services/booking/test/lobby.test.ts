import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { call } from './helpers/call.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope)
  world.work()
})

interface View {
  id: string
  status: string
  version: number
}

let used = 0
const doctor = () => world.people.doctors[0] ?? ''
/** A pending request of somebody new. */
async function requested(): Promise<{ id: string; patient: string }> {
  const n = used++
  const patient = world.people.patients[n] ?? ''
  const body = {
    doctorId: doctor(),
    serviceId: world.people.procedure,
    start: world.slot((n % 10) * 2, 1 + Math.floor(n / 10)),
  }
  const answer = await world.book(body, { as: patient })
  return { id: answer.json<View>().id, patient }
}

test('a request waits with a time at which it lapses, and its slot is nobody else’s', async (t) => {
  const { id, patient } = await requested()
  const view = await call(world, 'GET', `/v1/appointments/${id}`, { as: patient })
  t.like(view.json(), { status: 'pending' })
  t.truthy(view.json<{ expiresAt?: string }>().expiresAt)
})

test('several are decided at once with a result each, and what stops one does not stop the others', async (t) => {
  const asked = await Promise.all([requested(), requested(), requested(), requested()])
  const [one, two, three, four] = asked
  await call(world, 'POST', `/v1/appointments/${three.id}/cancel`, { as: three.patient })
  const answer = await call(world, 'POST', '/v1/appointments/decisions', {
    as: doctor(),
    role: 'doctor',
    body: {
      decisions: [
        { id: one.id, action: 'approve' },
        { id: two.id, action: 'decline' },
        { id: three.id, action: 'approve' },
        { id: four.id, action: 'decline', reason: 'On leave' },
      ],
    },
  })
  t.is(answer.statusCode, 200, answer.body)
  const { results } = answer.json<{ results: { status: number; code?: string; appointment?: View }[] }>()
  t.deepEqual(
    results.map(({ status, code, appointment }) => code ?? `${status} ${appointment?.status}`),
    ['200 booked', 'BOOKING_REASON_MISSING', 'BOOKING_ILLEGAL_TRANSITION', '200 declined'],
  )
})

test('of fifty decided at once the one that cannot be is told so, and the other forty-nine are decided', async (t) => {
  const asked = await Promise.all(Array.from({ length: 50 }, requested))
  const [gone] = asked.slice(20)
  await call(world, 'POST', `/v1/appointments/${gone?.id}/cancel`, { as: gone?.patient ?? '' })
  const body = { decisions: asked.map(({ id }) => ({ id, action: 'approve' })) }
  const url = '/v1/appointments/decisions'
  const answer = await call(world, 'POST', url, { as: doctor(), role: 'doctor', body })
  t.is(answer.statusCode, 200, answer.body)
  const { results } = answer.json<{ results: { id: string; status: number }[] }>()
  t.deepEqual(
    results.map(({ id, status }) => [id, status]),
    asked.map(({ id }) => [id, id === gone?.id ? 409 : 200]),
  )
  const { rowCount } = await world.pool.query(
    `SELECT 1 FROM appointment WHERE id = ANY ($1) AND status = 'booked'`,
    [asked.map(({ id }) => id)],
  )
  t.is(rowCount, 49)
})

test('more than fifty at once, or none, is refused and nothing is decided', async (t) => {
  const { id, patient } = await requested()
  const decisions = Array.from({ length: 1_000 }, () => ({ id, action: 'approve' }))
  for (const body of [{ decisions }, { decisions: [] }]) {
    const answer = await call(world, 'POST', '/v1/appointments/decisions', {
      as: doctor(),
      role: 'doctor',
      body,
    })
    t.is(answer.statusCode, 400)
  }
  t.is((await call(world, 'GET', `/v1/appointments/${id}`, { as: patient })).json<View>().status, 'pending')
})

test('of two who decide at once one wins, and the other is told what was decided', async (t) => {
  const { id } = await requested()
  const decide = (action: string, reason?: string) =>
    call(world, 'POST', `/v1/appointments/${id}/${action}`, {
      as: doctor(),
      role: 'doctor',
      body: reason === undefined ? {} : { reason },
    })
  const answers = await Promise.all([decide('approve'), decide('decline', 'Not here')])
  const won = answers.find(({ statusCode }) => statusCode === 200)
  const lost = answers.find(({ statusCode }) => statusCode === 409)
  t.like(lost?.json(), { decision: { status: won?.json<View>().status, by: 'doctor' } })
})

test('a patient who is declined, or whom nobody answers, is told other free times', async (t) => {
  const { id, patient } = await requested()
  const body = { reason: 'On leave' }
  await call(world, 'POST', `/v1/appointments/${id}/decline`, { as: doctor(), role: 'doctor', body })
  const url = `/v1/appointments/${id}/alternatives`
  const { alternatives } = (await call(world, 'GET', url, { as: patient })).json<{
    alternatives: { start: string }[]
  }>()
  t.true(alternatives.length >= 3)
  const [first] = alternatives
  t.is((await world.book({ ...first, clinicId: undefined, end: undefined }, { as: patient })).statusCode, 201)
  t.is((await call(world, 'GET', url, { as: world.people.patients[999] ?? '' })).statusCode, 404)
})

test('the log of an appointment tells who did what when and why; the patient reads no names in it', async (t) => {
  const { id, patient } = await requested()
  await call(world, 'POST', `/v1/appointments/${id}/approve`, { as: doctor(), role: 'doctor', body: {} })
  await call(world, 'POST', `/v1/appointments/${id}/cancel`, { as: patient, body: { reason: 'Travelling' } })
  const read = async (as: string, role: 'patient' | 'doctor') =>
    (await call(world, 'GET', `/v1/appointments/${id}/history`, { as, role })).json<{ history: object[] }>()
      .history
  const told = await read(patient, 'patient')
  t.is(told.length, 3)
  t.like(told[0], { version: 1, action: 'request', by: 'patient', status: 'pending' })
  t.like(told[1], { version: 2, action: 'approve', by: 'doctor', status: 'booked' })
  t.like(told[2], { version: 3, action: 'cancel', by: 'patient', status: 'cancelled', reason: 'Travelling' })
  const words = told.map((entry) => (entry as { text: string }).text)
  t.regex(words[0] ?? '', /^Requested by the patient: .+ with .+, \d{4}-\d\d-\d\d \d\d:\d\d \(UTC\), .+\.$/)
  t.deepEqual(words.slice(1), ['Approved by the doctor.', 'Cancelled by the patient: Travelling.'])
  t.true(told.every((entry) => !('actorId' in entry)))
  t.like((await read(doctor(), 'doctor'))[2], { actorId: patient })
  const stranger = world.people.patients[999] ?? ''
  t.is((await call(world, 'GET', `/v1/appointments/${id}/history`, { as: stranger })).statusCode, 404)
})

test('a whole visit: arrived, checked in, begun, completed; each told once', async (t) => {
  const { id, patient } = await requested()
  await call(world, 'POST', `/v1/appointments/${id}/approve`, { as: doctor(), role: 'doctor', body: {} })
  const early = await call(world, 'POST', `/v1/appointments/${id}/arrive`, { as: patient, body: {} })
  t.is(early.json<{ code: string }>().code, 'BOOKING_TOO_EARLY')
  await world.pool.query(
    `UPDATE appointment SET visit = tstzrange(now() - interval '5 min', now() + interval '20 min'),
       blocked = tstzrange(now() - interval '5 min', now() + interval '20 min'), version = version + 1 WHERE id = $1`,
    [id],
  )
  const statuses: string[] = []
  for (const action of ['arrive', 'check-in', 'start', 'complete']) {
    const who = action === 'arrive' ? { as: patient } : { as: doctor(), role: 'doctor' as const }
    const answer = await call(world, 'POST', `/v1/appointments/${id}/${action}`, { ...who, body: {} })
    statuses.push(answer.json<View>().status)
  }
  t.deepEqual(statuses, ['arrived', 'checked-in', 'in-progress', 'fulfilled'])
  const again = await call(world, 'POST', `/v1/appointments/${id}/complete`, {
    as: doctor(),
    role: 'doctor',
    body: {},
  })
  t.is(again.statusCode, 409)
  const { rows } = await world.pool.query<{ type: string }>(
    `SELECT event::json->>'type' AS type FROM outbox WHERE event LIKE $1 ORDER BY id`,
    [`%${id}%`],
  )
  t.deepEqual(
    rows.map(({ type }) => type.replace('appointment.', '')),
    ['requested', 'approved', 'arrived', 'checked-in', 'started', 'fulfilled'],
  )
})

test('patients do not lead visits, and only staff says that one was entered in error', async (t) => {
  const { id, patient } = await requested()
  for (const action of ['check-in', 'start', 'complete', 'no-show', 'approve', 'void'])
    t.is(
      (await call(world, 'POST', `/v1/appointments/${id}/${action}`, { as: patient, body: {} })).statusCode,
      403,
    )
  const body = { reason: 'Twice' }
  t.is(
    (await call(world, 'POST', `/v1/appointments/${id}/void`, { as: doctor(), role: 'doctor', body }))
      .statusCode,
    403,
  )
  const admin = world.people.patients[998] ?? ''
  const voided = await call(world, 'POST', `/v1/appointments/${id}/void`, { as: admin, role: 'admin', body })
  t.is(voided.json<View>().status, 'entered-in-error')
})
