import { fileScope } from '@medqueue/testing'
import test from 'ava'
import pg from 'pg'

import { call } from '../helpers/call.ts'
import { createWorld } from '../helpers/world.ts'

const scope = fileScope(test)

test('who acts for nobody pays for nothing: no statement asks after proxies', async (t) => {
  const world = await createWorld(scope)
  world.work()
  const { people, slot } = world
  const [patient = '', doctor = ''] = [people.patients[0], people.doctors[0]]
  const asked: string[] = []
  const query = Reflect.get(pg.Client.prototype, 'query') as (...given: unknown[]) => unknown
  t.teardown(() => Reflect.set(pg.Client.prototype, 'query', query))
  Reflect.set(pg.Client.prototype, 'query', function (this: pg.Client, ...given: unknown[]) {
    asked.push(JSON.stringify(given[0]))
    return query.apply(this, given)
  })

  const visit = { doctorId: doctor, serviceId: people.consultation, start: slot(0, 1) }
  const booked = await world.book({ ...visit, message: 'Hello' }, { as: patient })
  t.is(booked.statusCode, 201, booked.body)
  const { id } = booked.json<{ id: string }>()
  const held = await call(world, 'POST', '/v1/holds', { as: patient, body: { ...visit, start: slot(1, 1) } })
  t.is(held.statusCode, 201)
  const range = new URLSearchParams({ from: slot(0, 1), to: slot(9, 1) })
  const slots = `/v1/slots?doctorId=${doctor}&serviceId=${people.consultation}&${range.toString()}`
  for (const url of [slots, '/v1/appointments', `/v1/appointments/${id}`])
    t.is((await call(world, 'GET', url, { as: patient })).statusCode, 200, url)
  const cancelled = await call(world, 'POST', `/v1/appointments/${id}/cancel`, { as: patient, body: {} })
  t.is(cancelled.statusCode, 200)
  t.true(asked.some((text) => text.includes('decide-batch')))
  t.deepEqual(
    asked.filter((text) => text.includes('patient_proxy')),
    [],
  )
  // The same ears hear it when somebody does act for others.
  await call(world, 'GET', `/v1/appointments?patientId=${patient}`, { as: people.patients[1] ?? '' })
  t.true(asked.some((text) => text.includes('patient_proxy')))
})
