import { randomUUID } from 'node:crypto'

import { type Relay, startOutboxRelay } from '@medqueue/messaging'
import { createLogger } from '@medqueue/service-kit'
import { fileScope } from '@medqueue/testing'
import test from 'ava'
import fc from 'fast-check'
import type pg from 'pg'

import type { Slot } from '../src/domain/slots.ts'
import { soughtBy } from '../src/domain/sought.ts'
import { type Availability, createAvailability } from '../src/slots/availability.ts'
import { followChanges } from '../src/slots/follow.ts'
import { searchSlots } from '../src/slots/search.ts'
import { holdSlot } from '../src/store/hold-slot.ts'
import { type Catalogue, listCatalogue } from '../src/store/list-catalogue.ts'
import { addResources, addService, call } from './helpers/call.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
const DOCTORS = 2
let world: World
let services: string[]
let catalogue: Catalogue
/** What another replica keeps, which hears of everything by events only. */
let other: Availability

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async (pieces) => {
      services = [
        pieces.people.consultation,
        await addService(pieces, {
          duration: '30 min',
          alignment: '15 min',
          buffer_before: '15 min',
          buffer_after: '10 min',
        }),
        await addService(pieces, {
          duration: '40 min',
          capacity: 2,
          room_kind: 'class-room',
          buffer_before: '10 min',
        }),
        await addService(pieces, {
          room_kind: 'scan-room',
          device_kind: 'ultrasound',
          buffer_after: '20 min',
        }),
      ]
      await addResources(pieces, 'class-room', 1)
      await addResources(pieces, 'scan-room', 2)
      await addResources(pieces, 'ultrasound', 1)
    },
  })
  const { pool, broker, prefix } = world
  world.work()
  const logger = createLogger({ service: 'test', version: '0', level: 'silent' })
  const relay: Relay = startOutboxRelay({ pool, broker, logger, prefix })
  catalogue = await listCatalogue(pool)
  other = createAvailability({ pool, monotonicMs: () => performance.now(), freshMs: 600_000 })
  const following = followChanges({ availability: other, catalogue: () => catalogue, broker, logger, prefix })
  scope.teardown(async () => {
    following.stop()
    await relay.stop()
  })
})

interface Step {
  act: 'book' | 'hold' | 'take up' | 'let go' | 'move' | 'overbook'
  service: number
  doctor: number
  slot: number
  patient: number
  /** Which of those made before. */
  which: number
}

const steps = fc.array(
  fc.record<Step>({
    act: fc.constantFrom('book', 'book', 'hold', 'take up', 'let go', 'move', 'overbook'),
    service: fc.nat(3),
    doctor: fc.nat(DOCTORS - 1),
    slot: fc.nat(12),
    patient: fc.nat(199),
    which: fc.nat(99),
  }),
  { minLength: 4, maxLength: 14 },
)

interface Made {
  id: string
  patient: string
  status: string
  doctorId: string
  serviceId: string
  start: string
}

interface Situation {
  made: Made[]
  patient: string
  slot: { doctorId: string; serviceId: string; start: string }
  /** One of those made before. */
  old: Made | undefined
}

type Act = (situation: Situation) => Promise<unknown>

function keep(
  { made }: Situation,
  answer: { statusCode: number; json: () => unknown },
  patient: string,
): void {
  if (answer.statusCode === 201) made.push({ ...(answer.json() as Made), patient })
}

const ACTS: Record<Step['act'], Act> = {
  book: async (now) => keep(now, await world.book(now.slot, { as: now.patient }), now.patient),
  hold: async (now) =>
    keep(now, await call(world, 'POST', '/v1/holds', { as: now.patient, body: now.slot }), now.patient),
  overbook: async (now) => {
    const body = { ...now.slot, patientId: now.patient, overbookReason: 'urgent' }
    keep(now, await world.book(body, { as: randomUUID(), role: 'admin' }), now.patient)
  },
  'take up': async (now) => {
    if (now.old?.status !== 'held') return
    const { id: holdId, doctorId, serviceId, start, patient } = now.old
    keep(now, await world.book({ doctorId, serviceId, start, holdId }, { as: patient }), patient)
  },
  'let go': async ({ old }) => {
    if (old?.status === 'held') await call(world, 'DELETE', `/v1/holds/${old.id}`, { as: old.patient })
    else if (old !== undefined)
      await call(world, 'POST', `/v1/appointments/${old.id}/cancel`, { as: old.patient, body: {} })
  },
  move: async ({ old, slot }) => {
    if (old !== undefined)
      await call(world, 'POST', `/v1/appointments/${old.id}/move`, { as: old.patient, body: slot })
  },
}

async function take(step: Step, day: number, made: Made[]): Promise<void> {
  const { people } = world
  const slot = {
    doctorId: people.doctors[step.doctor] ?? '',
    serviceId: services[step.service] ?? '',
    start: world.slot(step.slot, day),
  }
  const old = made[step.which % Math.max(1, made.length)]
  await ACTS[step.act]({ made, patient: people.patients[step.patient] ?? '', slot, old })
}

const seconds = (n: number, day: number) => Date.parse(world.slot(n, day)) / 1_000

/** What deciding says of a start: the very statement that holds slots, undone. */
async function isBookable(
  client: pg.ClientBase,
  doctorId: string,
  serviceId: string,
  start: number,
): Promise<boolean> {
  const patientId = world.people.patients[999] ?? ''
  const visit = {
    id: randomUUID(),
    principalId: patientId,
    patientId,
    doctorId,
    serviceId,
    startSeconds: start,
  }
  await client.query('SAVEPOINT asked')
  const answer = await holdSlot(client, visit, 60)
  await client.query('ROLLBACK TO SAVEPOINT asked')
  return !('refusal' in answer)
}

async function truth(doctorId: string, serviceId: string, day: number): Promise<number[]> {
  const { duration = 0, alignment = 1 } = catalogue.services.get(serviceId) ?? {}
  const [begin, end] = [seconds(0, day), seconds(15, day)]
  const starts: number[] = []
  const client = await world.pool.connect()
  try {
    await client.query('BEGIN')
    for (let start = begin; start + duration <= end; start += alignment)
      if (await isBookable(client, doctorId, serviceId, start)) starts.push(start)
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
  return starts
}

async function shown(doctorId: string, serviceId: string, day: number): Promise<number[]> {
  const { duration = 0 } = catalogue.services.get(serviceId) ?? {}
  const to = new Date((seconds(15, day) - duration + 1) * 1_000).toISOString()
  const query = { doctorId, serviceId, from: world.slot(0, day), to, limit: '200' }
  const answer = await world.app.inject({ url: `/v1/slots?${new URLSearchParams(query).toString()}` })
  return answer.json<{ slots: { start: string }[] }>().slots.map(({ start }) => Date.parse(start) / 1_000)
}

async function shownByOther(doctorId: string, serviceId: string, day: number): Promise<Slot[]> {
  const shape = catalogue.services.get(serviceId)
  if (shape === undefined) return []
  const range = { start: seconds(0, day), end: seconds(15, day) - shape.duration + 1 }
  const sought = soughtBy({ doctorId, serviceId }, catalogue)
  return searchSlots(other, { sought, shape, range, limit: 200 })
}

const startsOf = (slots: readonly Slot[]) => slots.map(({ start }) => start)

test('whatever was held, booked, moved and cancelled, a search shows exactly what could be booked', async (t) => {
  let day = 0
  t.timeout(600_000)
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      day = (day + 1) % 9
      const made: Made[] = []
      for (const step of history) await take(step, day, made)
      for (const doctorId of world.people.doctors.slice(0, DOCTORS)) {
        for (const serviceId of services) {
          const expected = await truth(doctorId, serviceId, day)
          t.deepEqual(await shown(doctorId, serviceId, day), expected)
          // The other replica is told a moment later; it keeps what it is not told of for ten minutes.
          const deadline = Date.now() + 20_000
          const told = async () => startsOf(await shownByOther(doctorId, serviceId, day))
          while (!equal(await told(), expected) && Date.now() < deadline) await new Promise(setImmediate)
          t.deepEqual(await told(), expected, 'on another replica')
        }
      }
    }),
    { numRuns: 12, endOnFailure: true },
  )
})

const equal = (a: readonly number[], b: readonly number[]) => JSON.stringify(a) === JSON.stringify(b)
