import { randomUUID } from 'node:crypto'

import test from 'ava'

import { namesOf } from '@medqueue/contracts'

import { createWorld, type World } from '../helpers/world.ts'

const SMALL_MEMORY = { RECENT_EVENTS: '4' }

async function publishMany(world: World, patientId: string, count: number): Promise<string[]> {
  const seqs = await Promise.all(
    Array.from({ length: count }, async () => world.publish({ doctorId: randomUUID(), patientId })),
  )
  return seqs.sort((a, b) => a - b).map(String)
}

for (const [where, env] of [
  ['memory', {}],
  ['the broker', SMALL_MEMORY],
] as const) {
  test(`what was missed is sent in order from ${where}, then \`ready\`, then what is new`, async (t) => {
    const world = await createWorld(t)
    const who = { id: randomUUID() }
    const missed = await publishMany(world, who.id, 700)
    const others = await publishMany(world, randomUUID(), 20)
    const replica = await world.start({ env })
    const client = await replica.connect(who, missed[99])
    await client.until((messages) => messages.some(({ type }) => type === 'ready'))
    const [live] = await publishMany(world, who.id, 1)
    await client.until(() => client.lastEventId() === live)

    t.deepEqual(
      client.messages.map(({ id, type }) => (type === 'ready' ? `ready ${id}` : id)),
      [...missed.slice(100), `ready ${others.at(-1)}`, String(live)],
    )
  })
}

test('a doctor resumes with what concerns them as a doctor and as a patient, in one order', async (t) => {
  const world = await createWorld(t)
  const doctor = { id: randomUUID(), roles: ['doctor'] as const }
  const expected: number[] = []
  for (let i = 0; i < 10; i++) {
    expected.push(await world.publish({ doctorId: doctor.id, patientId: randomUUID() }))
    expected.push(await world.publish({ doctorId: randomUUID(), patientId: doctor.id }))
    expected.push(await world.publish({ doctorId: doctor.id, patientId: doctor.id }))
    await world.publish({ doctorId: randomUUID(), patientId: randomUUID() })
  }
  const replica = await world.start({ env: SMALL_MEMORY })

  const client = await replica.connect(doctor, '0')
  await client.until((messages) => messages.some(({ type }) => type === 'ready'))

  t.deepEqual(
    client.events().map(({ id }) => Number(id)),
    expected,
  )
})

test('without a last id nothing old is sent', async (t) => {
  const world = await createWorld(t)
  const who = { id: randomUUID() }
  const old = await publishMany(world, who.id, 5)
  const replica = await world.start()

  const client = await replica.connect(who)
  await client.until((messages) => messages.length > 0)

  t.deepEqual(
    client.messages.map(({ id, type }) => ({ id, type })),
    [{ id: old.at(-1), type: 'ready' }],
  )
})

test('a last id older than what the stream keeps is answered with `reset`, and the socket goes on', async (t) => {
  const world = await createWorld(t)
  const who = { id: randomUUID() }
  const old = await publishMany(world, who.id, 30)
  await world.broker.jsm.streams.purge(namesOf(world.prefix).streams.appointmentEvents, { keep: 10 })
  const replica = await world.start({ env: SMALL_MEMORY })

  const [late, inTime] = [await replica.connect(who, old[18]), await replica.connect(who, old[19])]
  const [live] = await publishMany(world, who.id, 1)
  await Promise.all([late, inTime].map(async (client) => client.until(() => client.lastEventId() === live)))

  t.deepEqual(
    late.messages.map(({ id, type }) => `${type} ${id}`),
    [`reset ${old[29]}`, `appointment.booked ${live}`],
  )
  t.deepEqual(
    inTime.events().map(({ id }) => id),
    [...old.slice(20), live],
  )
  t.false(inTime.messages.some(({ type }) => type === 'reset'))
})

test('a last id that the stream has not reached is answered with `reset`', async (t) => {
  const world = await createWorld(t)
  const who = { id: randomUUID() }
  const [last] = await publishMany(world, who.id, 1)
  const replica = await world.start()

  const client = await replica.connect(who, '999999999999')
  await client.until((messages) => messages.length > 0)

  t.deepEqual(
    client.messages.map(({ id, type }) => ({ id, type })),
    [{ id: last, type: 'reset' }],
  )
})

test('an empty stream resumes from 0', async (t) => {
  const world = await createWorld(t)
  const who = { id: randomUUID() }
  const replica = await world.start()

  const client = await replica.connect(who, '0')
  const [live] = await publishMany(world, who.id, 1)
  await client.until(() => client.lastEventId() === live)

  t.deepEqual(
    client.messages.map(({ id, type }) => `${type} ${id}`),
    ['ready 0', `appointment.booked ${live}`],
  )
})
