import { setImmediate as turn } from 'node:timers/promises'

import type { AppointmentEvent } from '@medqueue/contracts'
import test from 'ava'

import type { StreamClient } from '../helpers/client.ts'
import { type Listed, waiting } from '../helpers/lobby.ts'
import { type WholeWay, wholeWay } from '../helpers/whole-way.ts'

const REQUESTS = 60
const LOBBIES = 8

const listOf = async ({ ask, doctor }: WholeWay): Promise<Listed[]> => {
  const query = `doctorId=${doctor.id}&status=pending&limit=200`
  return (await ask<{ appointments: Listed[] }>(doctor, 'GET', `/v1/appointments?${query}`)).appointments
}

/** The n-th request of as many patients: slots of forty minutes with what is blocked, fifteen a day. */
const request = async (way: WholeWay, n: number): Promise<Listed> => {
  const { booking, doctor, patient } = way
  const start = booking.slot((n % 15) * 2, Math.floor(n / 15))
  return way.ask<Listed>(patient(n), 'POST', '/v1/appointments', {
    ...{ doctorId: doctor.id, serviceId: booking.people.procedure, start },
  })
}

test('lobbies that open while requests come and are decided all show what waits in the end: nothing is missed in between', async (t) => {
  const way = await wholeWay(t)
  const { doctor, hub, booking } = way
  const lobbies: { client: StreamClient; listed: Listed[] }[] = []
  const open = async () => {
    const client = await hub.connect(doctor)
    await client.until((messages) => messages.length > 0)
    lobbies.push({ client, listed: await listOf(way) })
  }
  const live = async (n: number) => {
    const { id } = await request(way, n)
    if (n % 4 === 0) await way.ask(doctor, 'POST', `/v1/appointments/${id}/approve`)
    if (n % 4 === 1) await way.ask(doctor, 'POST', `/v1/appointments/${id}/decline`, { reason: 'Away' })
    if (n % 4 !== 2) return
    const start = booking.slot((n % 15) * 2, 5 + Math.floor(n / 15))
    await way.ask(way.patient(n), 'POST', `/v1/appointments/${id}/move`, { start })
  }

  await open()
  const lives: Promise<void>[] = []
  for (let n = 0; n < REQUESTS; n++) {
    lives.push(live(n))
    if (n % Math.floor(REQUESTS / LOBBIES) === 3) await open()
    await turn()
  }
  await Promise.all(lives)
  const truth = (await listOf(way)).map(({ id }) => id).sort()
  const shown = ({ client, listed }: (typeof lobbies)[number]) => waiting(doctor.id, listed, client)
  for (const lobby of lobbies)
    await lobby.client.until(() => JSON.stringify(shown(lobby)) === JSON.stringify(truth))

  t.true(lobbies.length > LOBBIES)
  for (const lobby of lobbies) {
    t.deepEqual(shown(lobby), truth)
    const ids = lobby.client.events().map(({ id }) => id)
    t.is(new Set(ids).size, ids.length)
  }
})

test('of two devices that decide otherwise at once one wins, and both, and the patient, hear that one decision', async (t) => {
  const way = await wholeWay(t)
  const { doctor, hub, patient, ask } = way
  const devices = [await hub.connect(doctor), await hub.connect(doctor)]
  const requests = await Promise.all(Array.from({ length: 10 }, async (_, n) => request(way, n)))
  const patients = await Promise.all(requests.map(async (_, n) => hub.connect(patient(n), '0')))

  const decided = await Promise.all(
    requests.map(async ({ id }) =>
      Promise.allSettled([
        ask<Listed>(doctor, 'POST', `/v1/appointments/${id}/approve`),
        ask<Listed>(doctor, 'POST', `/v1/appointments/${id}/decline`, { reason: 'Away' }),
      ]),
    ),
  )
  const decisionsOf = (client: StreamClient) =>
    client
      .events()
      .map(({ type, data }) => ({ type, ...(data as AppointmentEvent) }))
      .filter(({ type }) => type !== 'appointment.requested')
  for (const client of devices) await client.until(() => decisionsOf(client).length === requests.length)
  for (const client of patients) await client.until(() => decisionsOf(client).length === 1)

  for (const [n, { id }] of requests.entries()) {
    const won = decided[n]?.flatMap((one) => (one.status === 'fulfilled' ? [one.value.status] : []))
    t.is(won?.length, 1)
    for (const client of [...devices, patients[n]]) {
      const heard = client === undefined ? [] : decisionsOf(client).filter((one) => one.appointmentId === id)
      t.deepEqual(
        heard.map(({ status }) => status),
        won,
      )
    }
  }
})
