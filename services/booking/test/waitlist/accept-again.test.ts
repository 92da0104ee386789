import { randomUUID } from 'node:crypto'

import { createLogger } from '@medqueue/service-kit'
import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { createCatalogueCache } from '../../src/api/catalogue-cache.ts'
import { createAvailability } from '../../src/slots/availability.ts'
import { takeOneTurn } from '../../src/waitlist/offer.ts'
import type { WaitlistEntry } from '../../src/waitlist/schemas.ts'
import { call } from '../helpers/call.ts'
import { createWorld, type World } from '../helpers/world.ts'

const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope)
  world.work()
})

/** Somebody with an offer: an entry for a slot that is free. */
async function offered(): Promise<{ as: string; id: string }> {
  const { people, pool, broker, prefix, slot } = world
  const as = people.patients[0] ?? ''
  const body = { serviceId: people.consultation, doctorId: people.doctors[0], from: slot(0), to: slot(1) }
  const { id } = (await call(world, 'POST', '/v1/waitlist', { as, body })).json<WaitlistEntry>()
  const logger = createLogger({ service: 'test', version: '0', level: 'silent' })
  const cache = await createCatalogueCache(pool, broker, logger, prefix)
  scope.teardown(() => cache.stop())
  const availability = createAvailability({ pool, monotonicMs: () => performance.now() })
  const deps = { pool, catalogue: cache.current, availability, now: () => new Date(), newId: randomUUID }
  await takeOneTurn(deps)
  return { as, id }
}

test('who accepts again with other answers is told the first answer, also at the same time', async (t) => {
  const { as, id } = await offered()
  const accept = async (answers?: object) => {
    const body = answers === undefined ? {} : { answers }
    const got = await call(world, 'POST', `/v1/waitlist/${id}/accept`, { as, body })
    return { ...got.json<{ id?: string; code?: string }>(), status: got.statusCode }
  }
  const both = await Promise.all([accept(), accept({})])
  const booked = both.find(({ status }) => status === 201)
  t.truthy(booked, JSON.stringify(both))
  // The other came while the first was being decided, or after it.
  for (const other of both)
    t.true(other.id === booked?.id || other.code === 'BOOKING_KEY_IN_FLIGHT', JSON.stringify(other))
  t.is((await accept({ weeks: 3 })).id, booked?.id)
  t.is((await accept()).id, booked?.id)
})
