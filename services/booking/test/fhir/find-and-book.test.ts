import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { createWorld, type World } from '../helpers/world.ts'
import {
  type Asking,
  entriesOf,
  fhirClient,
  type FhirClient,
  type Format,
  issuesOf,
  parameters,
  reference,
  sent,
} from './client.ts'

const scope = fileScope(test)
let world: World
let fhir: FhirClient

test.before(async () => {
  world = await createWorld(scope)
  world.work()
  fhir = fhirClient(world)
})

let next = 0
/** A patient nobody else in this file uses. */
const somebody = () => world.people.patients[next++] ?? ''

const find = (n: number, day: number, asking: Asking & { doctor?: number; service?: string } = {}) =>
  fhir.post(
    'Appointment/$find',
    parameters({
      start: { valueDateTime: world.slot(n, day) },
      end: { valueDateTime: world.slot(n + 1, day) },
      practitioner: reference(`Practitioner/${world.people.doctors[asking.doctor ?? 0] ?? ''}`),
      'visit-type': {
        valueString: `https://medqueue.dev/fhir/CodeSystem/service-type|${asking.service ?? world.people.consultation}`,
      },
    }),
    asking,
  )

/** The id of the appointment that could be at that time. */
async function proposedAt(
  n: number,
  day: number,
  asking: Asking & { service?: string } = {},
): Promise<string> {
  const [appointment] = entriesOf(await find(n, day, asking), 'Appointment')
  return appointment?.id ?? 'none'
}

const named = (id: string) => parameters({ 'appointment-reference': reference(`Appointment/${id}`) })

for (const format of ['json', 'xml'] satisfies Format[]) {
  test(`what $find proposes can be held, booked, moved and cancelled, in ${format}`, async (t) => {
    const as = somebody()
    const at = format === 'json' ? 0 : 3
    const id = await proposedAt(at, 1, { format })
    const held = await fhir.post('Appointment/$hold', named(id), { as, format })
    t.is(held.status, 200, held.text)
    const [hold] = entriesOf(held, 'Appointment')
    t.like(hold, { status: 'pending', start: world.slot(at, 1) })
    t.is(
      hold?.participant.find(({ actor }) => actor?.reference?.startsWith('Practitioner/'))?.status,
      'needs-action',
    )
    t.is(await proposedAt(at, 1), 'none', 'held times are not proposed')

    const booked = await fhir.post('Appointment/$book', named(hold?.id ?? ''), { as, format })
    t.is(booked.status, 200, booked.text)
    const [appointment] = entriesOf(booked, 'Appointment')
    t.like(appointment, { id: hold?.id, status: 'booked', start: world.slot(at, 1) })
    if (appointment === undefined) return

    const start = world.slot(at + 1, 1)
    const end = world.slot(at + 2, 1)
    // The slot would be another one: it is left out, and found by the time.
    const rest = { ...appointment }
    delete rest.slot
    const asked = parameters({ 'appointment-resource': sent({ ...rest, start, end }) })
    const again = await fhir.post('Appointment/$book', asked, {
      as,
      format,
      headers: { 'if-match': String(booked.headers.etag) },
    })
    t.is(again.status, 200, again.text)
    t.like(entriesOf(again, 'Appointment')[0], { id: appointment.id, status: 'booked', start, end })
    t.not(await proposedAt(at, 1), 'none', 'the old time is free again')

    const cancelled = await fhir.post(
      'Appointment/$book',
      parameters({
        'appointment-resource': sent({
          ...rest,
          status: 'cancelled',
          cancelationReason: { text: 'I feel better' },
        }),
      }),
      { as, format },
    )
    t.is(cancelled.status, 200, cancelled.text)
    t.like(entriesOf(cancelled, 'Appointment')[0], {
      id: appointment.id,
      status: 'cancelled',
      cancelationReason: { text: 'I feel better' },
    })
  })
}

test('a slot that is lost is 409 with what IHE wants, what is the case, and what is free instead', async (t) => {
  const id = await proposedAt(10, 2)
  t.is((await fhir.post('Appointment/$book', named(id), { as: somebody() })).status, 200)
  for (const operation of ['$book', '$hold']) {
    const lost = await fhir.post(`Appointment/${operation}`, named(id), { as: somebody() })
    t.is(lost.status, 409)
    t.is(lost.resource.resourceType, operation === '$book' ? 'Bundle' : 'OperationOutcome')
    t.is(entriesOf(lost, 'Appointment').length, 0)
    const issues = issuesOf(lost)
    t.like(issues[0], { severity: 'fatal', code: 'not-found' })
    t.like(issues[1], { severity: 'error', code: 'conflict' })
    t.is(issues[1]?.details?.coding?.[0]?.code, 'BOOKING_SLOT_TAKEN')
    const [instead] = issues.slice(2)
    const offered = await fhir.get(instead?.diagnostics ?? '', { as: somebody() })
    t.like(offered.resource, { resourceType: 'Appointment', status: 'proposed' })
  }
})

test('of forty who book one slot at once, one gets it and the others are told 409', async (t) => {
  const id = await proposedAt(20, 3)
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => fhir.post('Appointment/$book', named(id), { as: somebody() })),
  )
  const statuses = answers.map(({ status }) => status).sort()
  t.deepEqual(statuses, [200, ...Array<number>(39).fill(409)])
})

test('the same Idempotency-Key gives the same appointment', async (t) => {
  const id = await proposedAt(22, 3)
  const asking = { as: somebody(), headers: { 'idempotency-key': randomUUID() } }
  const [one, two] = [
    await fhir.post('Appointment/$book', named(id), asking),
    await fhir.post('Appointment/$book', named(id), asking),
  ]
  t.is(one.status, 200)
  t.deepEqual(entriesOf(two, 'Appointment'), entriesOf(one, 'Appointment'))
})
