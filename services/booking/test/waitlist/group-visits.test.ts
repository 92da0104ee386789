import { randomUUID } from 'node:crypto'

import { createLogger } from '@medqueue/service-kit'
import test from 'ava'

import { createCatalogueCache } from '../../src/api/catalogue-cache.ts'
import { createAvailability } from '../../src/slots/availability.ts'
import { takeOneTurn } from '../../src/waitlist/offer.ts'
import type { WaitlistEntry } from '../../src/waitlist/schemas.ts'
import { settle } from '../../src/waitlist/settle.ts'
import { addService, call } from '../helpers/call.ts'
import { createWorld } from '../helpers/world.ts'

const logger = createLogger({ service: 'test', version: '0', level: 'silent' })

test('who finds a group visit full is told how to wait for it, and has the seat that is given back', async (t) => {
  let course = ''
  const world = await createWorld(t, {
    prepare: async (pieces) => {
      course = await addService(pieces, { duration: '1 h', alignment: '1 h', capacity: 3 })
    },
  })
  world.work()
  const start = world.slot(0, 6)
  const body = { doctorId: world.people.doctors[2], serviceId: course, start }
  const asked = world.people.patients.slice(0, 8)
  const answers = await Promise.all(asked.map(async (as) => ({ as, answer: await world.book(body, { as }) })))
  const seats = answers.filter(({ answer }) => answer.statusCode === 201)
  t.is(seats.length, 3)
  const waiting: { as: string; id: string }[] = []
  for (const { as, answer } of answers) {
    const { code, waitlist } = answer.json<{ code?: string; waitlist?: object }>()
    if (waitlist === undefined) continue
    t.is(code, 'BOOKING_SESSION_FULL')
    const joined = await call(world, 'POST', '/v1/waitlist', { as, body: waitlist })
    t.is(joined.statusCode, 201, joined.body)
    waiting.push({ as, id: joined.json<WaitlistEntry>().id })
  }
  t.is(waiting.length, 5)

  const given = seats[0]?.answer.json<{ id: string; patientId: string }>()
  await call(world, 'POST', `/v1/appointments/${given?.id}/cancel`, { as: given?.patientId ?? '' })
  const cache = await createCatalogueCache(world.pool, world.broker, logger, world.prefix)
  const deps = { pool: world.pool, catalogue: cache.current, now: () => new Date(), newId: randomUUID }
  const availability = createAvailability({
    ...{ pool: world.pool, monotonicMs: () => performance.now(), freshMs: 60_000 },
  })
  await settle(world.pool)
  for (let turn = ''; !['idle', 'busy'].includes(turn);) turn = await takeOneTurn({ ...deps, availability })
  await cache.stop()

  const entries = await Promise.all(
    waiting.map(async ({ as, id }) =>
      (await call(world, 'GET', `/v1/waitlist/${id}`, { as })).json<WaitlistEntry>(),
    ),
  )
  t.deepEqual(
    entries.map(({ status }) => status),
    ['offered', 'waiting', 'waiting', 'waiting', 'waiting'],
  )
  t.like(entries[0]?.offer, { doctorId: body.doctorId, start })
})
