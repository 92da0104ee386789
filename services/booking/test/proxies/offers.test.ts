import { randomUUID } from 'node:crypto'

import { createLogger } from '@medqueue/service-kit'
import { fileScope } from '@medqueue/testing'
import test, { type ExecutionContext } from 'ava'

import { createCatalogueCache } from '../../src/api/catalogue-cache.ts'
import { createAvailability } from '../../src/slots/availability.ts'
import { takeOneTurn } from '../../src/waitlist/offer.ts'
import { addService, call } from '../helpers/call.ts'
import { letAct, revoke } from '../helpers/proxies.ts'
import { createWorld, type World } from '../helpers/world.ts'

const scope = fileScope(test)
let world: World
/** Ten hours: a day of a doctor has one slot of it. */
let whole: string
let offer: () => Promise<void>

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async (pieces) => {
      const request_fields = JSON.stringify([
        { key: 'weeks', label: 'Week?', kind: 'number', required: true },
      ])
      whole = await addService(pieces, { duration: '10 h', alignment: '10 h', request_fields })
    },
  })
  world.work()
  const { pool, broker, prefix } = world
  const logger = createLogger({ service: 'test', version: '0', level: 'silent' })
  const cache = await createCatalogueCache(pool, broker, logger, prefix)
  scope.teardown(() => cache.stop())
  const availability = createAvailability({ pool, monotonicMs: () => performance.now() })
  const deps = { pool, availability, catalogue: cache.current, now: () => new Date(), newId: randomUUID }
  offer = async () => {
    await pool.query(`UPDATE waitlist_entry SET look_at = now() WHERE status = 'waiting'`)
    for (;;) if (['idle', 'busy'].includes(await takeOneTurn(deps))) return
  }
})

let used = 0
const somebody = () => world.people.patients[used++] ?? ''

/** A place in line that a proxy took for a patient, to whom a slot of that day is offered. */
async function offered(t: ExecutionContext, day: number) {
  const [child, mother] = [somebody(), somebody()]
  const grant = await letAct(world, { patientId: child, proxyId: mother })
  const line = { serviceId: whole, doctorId: world.people.doctors[0], patientId: child }
  const body = { ...line, from: world.slot(-1, day), to: world.slot(1, day) }
  const joined = await call(world, 'POST', '/v1/waitlist', { as: mother, body })
  t.is(joined.statusCode, 201, joined.body)
  await offer()
  const url = `/v1/waitlist/${joined.json<{ id: string }>().id}`
  t.like((await call(world, 'GET', url, { as: mother })).json(), { status: 'offered' })
  return { child, mother, grant, url }
}

const ANSWERS = { answers: { weeks: 20 } }

test.serial(
  'a proxy takes what is offered to the patient, with answers to what the service asks',
  async (t) => {
    const { child, mother, url } = await offered(t, 0)
    const accept = (as: string, body = {}) => call(world, 'POST', `${url}/accept`, { as, body })
    t.is((await accept(somebody(), ANSWERS)).statusCode, 404)
    t.like((await accept(mother)).json(), { code: 'BOOKING_ANSWER_INVALID' })
    const accepted = await accept(mother, ANSWERS)
    t.is(accepted.statusCode, 201, accepted.body)
    t.like(accepted.json(), { status: 'booked', patientId: child })
    const history = `/v1/appointments/${accepted.json<{ id: string }>().id}/history`
    const told = (await call(world, 'GET', history, { as: child }))
      .json<{ history: object[] }>()
      .history.at(-1)
    t.like(told, { by: 'proxy', actorId: mother })
    t.regex((told as { text: string }).text, /^Booked by somebody who acts for the patient: /)
  },
)

test.serial('a proxy lets what is offered go, and after the grant has ended answers nothing', async (t) => {
  const { mother, url } = await offered(t, 1)
  t.is((await call(world, 'POST', `${url}/decline`, { as: mother })).statusCode, 200)
  const ended = await offered(t, 2)
  await revoke(world, ended.grant)
  for (const what of ['accept', 'decline'])
    t.is(
      (await call(world, 'POST', `${ended.url}/${what}`, { as: ended.mother, body: ANSWERS })).statusCode,
      404,
    )
  const own = await call(world, 'POST', `${ended.url}/accept`, { as: ended.child, body: ANSWERS })
  t.is(own.statusCode, 201, own.body)
})
