import { randomUUID } from 'node:crypto'

import { withTransaction } from '@medqueue/database'
import { createLogger } from '@medqueue/service-kit'
import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { createCatalogueCache } from '../../src/api/catalogue-cache.ts'
import { createAvailability } from '../../src/slots/availability.ts'
import { holdSlot } from '../../src/store/hold-slot.ts'
import { lockPatientService } from '../../src/store/lock-patient-service.ts'
import { type OfferDeps, takeOneTurn } from '../../src/waitlist/offer.ts'
import { addService, call, until } from '../helpers/call.ts'
import { createWorld, type World } from '../helpers/world.ts'

const scope = fileScope(test)
let world: World
/** Of which a patient has one open visit at most. */
let scarce: string
let deps: OfferDeps

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async (pieces) => {
      scarce = await addService(pieces, { max_open: 1 })
    },
  })
  const logger = createLogger({ service: 'test', version: '0', level: 'silent' })
  const cache = await createCatalogueCache(world.pool, world.broker, logger, world.prefix)
  scope.teardown(() => cache.stop())
  deps = {
    ...{ pool: world.pool, catalogue: cache.current, now: () => new Date(), newId: randomUUID },
    availability: createAvailability({ pool: world.pool, monotonicMs: () => performance.now() }),
  }
})

/** Somebody waits for a lock. */
async function isLocked(): Promise<boolean> {
  const { rows } = await world.pool.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  )
  return rows.length > 0
}

test('an offer is counted with what the patient has of the service, also of that moment', async (t) => {
  const [as = ''] = world.people.patients
  const [doctorId = '', other = ''] = world.people.doctors
  const body = { serviceId: scarce, doctorId, from: world.slot(0, 1), to: world.slot(9, 1) }
  t.is((await call(world, 'POST', '/v1/waitlist', { as, body })).statusCode, 201)
  let offering = Promise.resolve('')
  await withTransaction(world.pool, async (client) => {
    await lockPatientService(client, as, scarce)
    const startSeconds = Date.parse(world.slot(0, 2)) / 1_000
    const visit = { id: randomUUID(), principalId: as, patientId: as, doctorId: other, serviceId: scarce }
    t.false('refusal' in (await holdSlot(client, { ...visit, startSeconds }, 300)))
    let isOver = false
    offering = takeOneTurn(deps).finally(() => (isOver = true))
    await until(async () => isOver || (await isLocked()))
  })
  t.is(await offering, 'looked')
})
