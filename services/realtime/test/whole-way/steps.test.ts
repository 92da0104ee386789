import { randomUUID } from 'node:crypto'

import { createLogger } from '@medqueue/service-kit'
import test from 'ava'

import { startSweeper } from '../../../booking/src/lapses/sweeper.ts'
import { addService } from '../../../booking/test/helpers/call.ts'
import { wholeWay } from '../helpers/whole-way.ts'

interface View {
  id: string
  status: string
}

test('a patient sees each step of a request: held, asked for, decided, moved, called off', async (t) => {
  const { booking, hub, doctor, patient, ask } = await wholeWay(t)
  const { slot, people } = booking
  const [who, visit] = [patient(0), { doctorId: doctor.id, serviceId: people.procedure }]
  const page = await hub.connect(who)

  const { id } = await ask<View>(who, 'POST', '/v1/holds', { ...visit, start: slot(0) })
  await ask(who, 'POST', '/v1/appointments', { ...visit, start: slot(0), holdId: id })
  await ask(doctor, 'POST', `/v1/appointments/${id}/approve`)
  await ask(who, 'POST', `/v1/appointments/${id}/move`, { start: slot(4) })
  await ask(doctor, 'POST', `/v1/appointments/${id}/decline`, { reason: 'Away' })
  await page.until(() => page.events().length === 5)

  t.deepEqual(
    page.events().map(({ type, version, data }) => [type, version, (data as { status: string }).status]),
    [
      ['appointment.held', 1, 'held'],
      ['appointment.requested', 2, 'pending'],
      ['appointment.approved', 3, 'booked'],
      ['appointment.moved', 4, 'pending'],
      ['appointment.declined', 5, 'declined'],
    ],
  )
})

test('a patient sees each step of a visit: come, checked in, begun, done', async (t) => {
  const soon = Math.ceil(Date.now() / 1_000) + 600
  const { booking, hub, doctor, patient, ask } = await wholeWay(t, {
    prepare: async ({ pool, people }) => {
      await pool.query(
        'INSERT INTO doctor_window VALUES ($1, to_timestamp($2), to_timestamp($2 + 3600), $3)',
        [...[people.doctors[0], soon, people.clinic]],
      )
    },
  })
  const who = patient(0)
  const page = await hub.connect(who)
  const start = `${new Date(soon * 1_000).toISOString().slice(0, 19)}Z`
  const visit = { doctorId: doctor.id, serviceId: booking.people.consultation, start }

  const { id } = await ask<View>(who, 'POST', '/v1/appointments', visit)
  for (const step of ['arrive', 'check-in', 'start', 'complete'])
    await ask(step === 'arrive' ? who : doctor, 'POST', `/v1/appointments/${id}/${step}`)
  await page.until(() => page.events().length === 5)

  t.deepEqual(
    page.events().map(({ type }) => type.replace('appointment.', '')),
    ['booked', 'arrived', 'checked-in', 'started', 'fulfilled'],
  )
})

test('a request that nobody answers in time is told to patient and doctor as expired', async (t) => {
  let serviceId = ''
  const { booking, hub, doctor, patient, ask } = await wholeWay(t, {
    prepare: async (world) => {
      serviceId = await addService(world, { approval: 'manual', approval_timeout: '1 s' })
    },
  })
  const { pool } = booking
  const logger = createLogger({ service: 'test', version: '0', level: 'silent' })
  const sweeper = startSweeper({ pool, logger, now: () => new Date(), newId: randomUUID, everyMs: 50 })
  t.teardown(() => sweeper.stop())
  const clients = [await hub.connect(patient(0)), await hub.connect(doctor)]

  const visit = { doctorId: doctor.id, serviceId, start: booking.slot(0) }
  const { id, status } = await ask<View>(patient(0), 'POST', '/v1/appointments', visit)
  for (const client of clients) await client.until(() => client.events().length === 2)

  t.is(status, 'pending')
  const { alternatives = '' } = clients[0]?.events()[1] ?? {}
  const other = await ask<{ alternatives: object[] }>(patient(0), 'GET', alternatives)
  t.true(other.alternatives.length >= 3)
  for (const client of clients)
    t.like(client.events()[1], { type: 'appointment.expired', data: { appointmentId: id, by: 'system' } })
})

test('when one patient holds a slot, another one’s open page is told, and a new search does not offer it', async (t) => {
  const { booking, hub, doctor, patient, ask } = await wholeWay(t)
  const { slot, people } = booking
  const visit = { doctorId: doctor.id, serviceId: people.consultation, start: slot(3) }
  const page = await hub.watch([doctor.id])
  const search = new URLSearchParams({
    ...{ doctorId: doctor.id, serviceId: people.consultation, from: slot(0), to: slot(10) },
  })
  const offered = async () => {
    const found = await ask<{ slots: { start: string }[] }>(
      patient(1),
      'GET',
      `/v1/slots?${search.toString()}`,
    )
    return found.slots.some(({ start }) => start === slot(3))
  }
  t.true(await offered())

  const { id } = await ask<View>(patient(0), 'POST', '/v1/holds', visit)
  await page.until(() => page.events().length === 1)
  t.like(page.events()[0], { type: 'slots.taken', data: { doctorId: doctor.id, start: slot(3) } })
  t.false(await offered())

  await booking.app.inject({
    method: 'DELETE',
    url: `/v1/holds/${id}`,
    headers: { authorization: `Bearer ${booking.token(patient(0).id)}` },
  })
  await page.until(() => page.events().length === 2)
  t.like(page.events()[1], { type: 'slots.changed', data: { doctorId: doctor.id, start: slot(3) } })
  t.true(await offered())
})
