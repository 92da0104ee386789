import { randomUUID } from 'node:crypto'

import { type EventEnvelope, namesOf } from '@medqueue/contracts'
import { createLogger } from '@medqueue/service-kit'
import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { startProjections } from '../src/projections/start.ts'
import { call } from './helpers/call.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World
let caughtUp: () => Promise<void>

test.before(async () => {
  world = await createWorld(scope)
  world.work()
  const logger = createLogger({ service: 'test', version: '0', level: 'silent' })
  const projections = await startProjections({ ...world, logger })
  scope.teardown(async () => {
    await Promise.all(projections.map((projection) => projection.stop()))
  })
  caughtUp = async () => {
    await Promise.all(projections.map((projection) => projection.caughtUp()))
  }
})

let used = 0
async function booked(): Promise<{ id: string; patient: string }> {
  const n = used++
  const patient = world.people.patients[n] ?? ''
  const body = {
    doctorId: world.people.doctors[0],
    serviceId: world.people.consultation,
    start: world.slot(n),
  }
  return { id: (await world.book(body, { as: patient })).json<{ id: string }>().id, patient }
}

async function decline(appointmentId: string, id: string = randomUUID()): Promise<void> {
  const event: EventEnvelope = {
    id,
    type: 'billing.charge.declined',
    source: 'billing',
    subject: appointmentId,
    version: 1,
    occurredAt: new Date().toISOString(),
    data: {
      chargeId: randomUUID(),
      appointmentId,
      amount: { minor: 2_000, currency: 'BRL' },
      reason: 'declined',
    },
  }
  const subject = namesOf(world.prefix).subject(`billing.charge.declined.${appointmentId}`)
  await world.broker.js.publish(subject, JSON.stringify(event))
}

test('an appointment whose deposit is declined is cancelled by the system, once, however often it is told', async (t) => {
  const { id, patient } = await booked()
  const event = randomUUID()
  for (const one of [event, event, event, randomUUID()]) await decline(id, one)
  await caughtUp()
  t.like((await call(world, 'GET', `/v1/appointments/${id}`, { as: patient })).json(), {
    status: 'cancelled',
    endedBy: 'system',
    version: 2,
  })
  const { rows } = await world.pool.query(
    `SELECT 1 FROM outbox WHERE subject LIKE 'appointment.cancelled.%' AND event LIKE $1`,
    [`%${id}%`],
  )
  t.is(rows.length, 1)
})

test('a visit that has begun, one that is over, and one nobody knows are left alone', async (t) => {
  const { id, patient } = await booked()
  await world.pool.query(
    `UPDATE appointment SET status = 'in-progress', version = version + 1 WHERE id = $1`,
    [id],
  )
  await decline(id)
  await decline(randomUUID())
  await caughtUp()
  t.like((await call(world, 'GET', `/v1/appointments/${id}`, { as: patient })).json(), {
    status: 'in-progress',
  })
})
