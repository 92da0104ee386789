import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { createHolders } from '../src/slots/holders.ts'
import { call, until } from './helpers/call.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope)
})

test('who holds is known from the database, from events and from what is said; nobody else is asked for', async (t) => {
  const [patient = '', other = '', third = ''] = world.people.patients
  const body = {
    doctorId: world.people.doctors[0],
    serviceId: world.people.consultation,
    start: world.slot(0),
  }
  t.is((await call(world, 'POST', '/v1/holds', { as: patient, body })).statusCode, 201)
  let now = 0
  const holders = createHolders(world.pool, () => now)
  t.true(holders.mayHold(other))
  await until(async () => Promise.resolve(!holders.mayHold(other)))
  t.true(holders.mayHold(patient))
  holders.note(third)
  t.true(holders.mayHold(third))
  now = 31 * 60_000
  t.false(holders.mayHold(third))
  holders.forgetAll()
  t.true(holders.mayHold(other))
})

test('a database that is away makes nobody a holder, and is asked again later', async (t) => {
  let asked = 0
  const pool = {
    query: async () => {
      asked += 1
      return Promise.reject(new Error('away'))
    },
  }
  let now = 0
  const holders = createHolders(pool as never, () => now)
  holders.mayHold('a')
  await until(async () => Promise.resolve(!holders.mayHold('a')))
  t.is(asked, 1)
  now = 5_000
  holders.mayHold('a')
  t.is(asked, 2)
})
