import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope)
  world.work()
})

test('events of a decision tell its instants as the API does', async (t) => {
  const [doctor = ''] = world.people.doctors
  const [patient, loser] = [world.people.patients[997] ?? '', world.people.patients[998] ?? '']
  const at = (serviceId: string, n: number) => ({ doctorId: doctor, serviceId, start: world.slot(n, 2) })
  const told = async (type: string, as: string, { start }: { start: string }) => {
    const subject = `appointment.${type}.${doctor}.${as}`
    // In whatever form: to the second, all of them are the same.
    const { rows } = await world.pool.query<{ event: string }>(
      `SELECT event FROM outbox WHERE subject = $1 AND event LIKE '%"start":"' || left($2, 19) || '%'`,
      [subject, start],
    )
    const { data } = JSON.parse(rows[0]?.event ?? '{}') as { data?: { start: string; end: string } }
    return { start: data?.start, end: data?.end }
  }
  const timesOf = (answer: { json: () => unknown }) => {
    const { start, end } = answer.json() as { start: string; end: string }
    return { start, end }
  }
  const booked = await world.book(at(world.people.consultation, 24), { as: patient })
  t.is(booked.statusCode, 201)
  t.deepEqual(await told('booked', patient, timesOf(booked)), timesOf(booked))
  t.is((await world.book(at(world.people.consultation, 24), { as: loser })).statusCode, 409)
  t.deepEqual(await told('refused', loser, timesOf(booked)), timesOf(booked))
  const requested = await world.book(at(world.people.procedure, 26), { as: patient })
  t.like(requested.json(), { status: 'pending' })
  t.deepEqual(await told('requested', patient, timesOf(requested)), timesOf(requested))
  t.regex(timesOf(booked).end, /:00Z$/)
})
