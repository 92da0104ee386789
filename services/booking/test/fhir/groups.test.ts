import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'
import type { Appointment, Patient } from 'fhir/r4.js'

import { addService } from '../helpers/call.ts'
import { createWorld, type World } from '../helpers/world.ts'
import {
  type Answer,
  entriesOf,
  fhirClient,
  type FhirClient,
  type Format,
  issuesOf,
  parameters,
  sent,
} from './client.ts'

const scope = fileScope(test)
let world: World
let fhir: FhirClient
let course: string

const SEATS = 5

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async (pieces) => {
      course = await addService(pieces, { duration: '1 h', alignment: '1 h', capacity: SEATS })
    },
  })
  world.work()
  world.work()
  fhir = fhirClient(world)
})

let next = 0
const somebody = () => world.people.patients[next++] ?? ''
const people = (count: number) => Array.from({ length: count }, somebody)
const staff = { as: randomUUID(), role: 'admin' } as const

const find = async (patients: string[], hour: number, options: { service?: string; format?: Format } = {}) =>
  fhir.post(
    'Appointment/$find',
    {
      resourceType: 'Parameters',
      parameter: [
        { name: 'start', valueDateTime: world.slot(hour * 3) },
        { name: 'end', valueDateTime: world.slot(hour * 3 + 3) },
        {
          name: 'practitioner',
          valueReference: { reference: `Practitioner/${world.people.doctors[0] ?? ''}` },
        },
        { name: 'visit-type', valueString: options.service ?? course },
        ...patients.map((id) => ({
          name: 'patient-reference',
          valueReference: { reference: `Patient/${id}` },
        })),
      ],
    },
    { ...staff, format: options.format ?? 'json' },
  )

const proposals = (answer: Answer) => entriesOf(answer, 'Appointment')

const resourceOf = (id: string): Patient => ({ resourceType: 'Patient', id })

/** Books patients into what was proposed, as staff. */
const book = async (id: string, patients: string[], key: string = randomUUID(), format: Format = 'json') =>
  fhir.post(
    'Appointment/$book',
    {
      resourceType: 'Parameters',
      parameter: [
        { name: 'appointment-reference', valueReference: { reference: `Appointment/${id}` } },
        ...patients.map((patient) => ({ name: 'patient-resource', ...sent(resourceOf(patient)) })),
      ],
    },
    { ...staff, format, headers: { 'idempotency-key': key } },
  )

const patientsOf = ({ participant = [] }: Partial<Appointment>) =>
  participant.flatMap(({ actor }) => /^Patient\/(.*)$/.exec(actor?.reference ?? '')?.[1] ?? [])

async function activeOf(patients: string[]): Promise<number> {
  const text = 'SELECT count(*)::int AS n FROM appointment WHERE active AND patient_id = ANY ($1::uuid[])'
  const { rows } = await world.pool.query<{ n: number }>(text, [patients])
  return rows[0]?.n ?? -1
}

/** What was proposed for the group, booked for it. */
async function bookedGroup(
  hour: number,
  group: string[],
  format: Format = 'json',
  key: string = randomUUID(),
) {
  const [proposed] = proposals(await find(group, hour, { format }))
  if (proposed?.id === undefined) throw new Error('nothing was proposed')
  const answer = await book(proposed.id, group, key, format)
  const [appointment] = proposals(answer)
  if (appointment?.id === undefined) throw new Error(answer.text)
  return { proposed: proposed.id, appointment, path: `Appointment/${appointment.id}` }
}

for (const format of ['json', 'xml'] satisfies Format[]) {
  test(`a group is proposed, booked and read as one appointment beside those of its patients, in ${format}`, async (t) => {
    const group = people(3)
    const hour = format === 'json' ? 0 : 1
    t.deepEqual(proposals(await find(group, hour, { format })).map(patientsOf), [group])
    const { appointment, path } = await bookedGroup(hour, group, format)
    t.is(appointment.status, 'booked')
    t.deepEqual(patientsOf(appointment), group)
    t.is(await activeOf(group), 3)
    t.deepEqual((await fhir.get(path, { ...staff, format })).resource, appointment)
    const { supportingInformation = [] } = appointment
    for (const [n, { reference = '' }] of supportingInformation.entries()) {
      const own = await fhir.get(reference, { as: group[n] ?? '', format })
      t.like(own.resource, { status: 'booked', start: appointment.start })
      t.deepEqual(patientsOf(own.resource as Appointment), group.slice(n, n + 1))
    }
    t.is(proposals(await find(people(SEATS - 2), hour)).length, 0, 'not enough seats are left')
    t.is(proposals(await find(people(SEATS - 3), hour)).length, 1)
  })
}

test('the same key books a group once, and another group not at all; patients see themselves in it only', async (t) => {
  const [group, key] = [people(3), randomUUID()]
  const { proposed, appointment, path } = await bookedGroup(7, group, 'json', key)
  t.deepEqual(proposals(await book(proposed, group, key)), [appointment])
  t.is((await book(proposed, group.slice(1), key)).status, 422)
  t.is(await activeOf(group), 3)
  const seen = await fhir.get(path, { as: group[1] ?? '' })
  t.deepEqual(patientsOf(seen.resource as Appointment), group.slice(1, 2))
  t.is((await fhir.get(path, { as: somebody() })).status, 404)
})

test('a group sent many times at once under one key is booked once, and stays booked', async (t) => {
  const [group, key] = [people(3), randomUUID()]
  const [proposed] = proposals(await find(group, 8))
  const sending = Array.from({ length: 6 }, async () => book(proposed?.id ?? '', group, key))
  for (const { status, resource, text } of await Promise.all(sending))
    t.true(status === 200 || text.includes('BOOKING_KEY_IN_FLIGHT'), JSON.stringify(resource))
  t.is(await activeOf(group), 3)
  t.is((await book(proposed?.id ?? '', group, key)).status, 200)
})

test('nothing is proposed when one of the patients is elsewhere, and nothing is booked', async (t) => {
  const group = people(2)
  const [proposed] = proposals(await find(group, 2))
  const elsewhere = {
    doctorId: world.people.doctors[1] ?? '',
    serviceId: world.people.consultation,
    start: world.slot(7),
  }
  t.is((await world.book(elsewhere, { as: group[1] ?? '' })).statusCode, 201)
  t.deepEqual(proposals(await find(group, 2)), [])
  const refused = await book(proposed?.id ?? '', group)
  t.is(refused.status, 409, refused.text)
  t.is(issuesOf(refused)[1]?.details?.coding?.[0]?.code, 'BOOKING_PATIENT_OVERLAP')
  t.is(await activeOf(group.slice(0, 1)), 0)
})

test('a service without seats for all of them takes no group', async (t) => {
  const group = people(2)
  t.deepEqual(proposals(await find(group, 3, { service: world.people.consultation })), [])
  const [alone] = proposals(await find(group.slice(0, 1), 3, { service: world.people.consultation }))
  t.is((await book(alone?.id ?? '', group)).status, 409)
  t.is((await book(proposals(await find([], 3))[0]?.id ?? '', people(SEATS + 1))).status, 409)
  t.is(await activeOf(group), 0)
})

test('patients book no others into a group, and a group that is too large is refused', async (t) => {
  const group = people(2)
  const [proposed] = proposals(await find(group, 4))
  const asked = { ...proposed, status: 'pending' } as Appointment
  const body = parameters({ 'appointment-resource': sent(asked) })
  t.is((await fhir.post('Appointment/$book', body, { as: group[0] ?? '' })).status, 403)
  t.is(
    (
      await book(
        proposed?.id ?? '',
        Array.from({ length: 21 }, () => randomUUID()),
      )
    ).status,
    400,
  )
  t.is(await activeOf(group), 0)
  t.is((await fhir.post('Appointment/$book', body, staff)).status, 200, 'its participants are the group')
  t.is(await activeOf(group), 2)
})

test('of groups that race for the seats of one start each gets all of its seats or none', async (t) => {
  const [proposed] = proposals(await find([], 6))
  const groups = Array.from({ length: 8 }, (_, n) => people(2 + (n % 2)))
  const answers = await Promise.all(groups.map(async (group) => book(proposed?.id ?? '', group)))
  let seats = 0
  for (const [n, { status, text }] of answers.entries()) {
    const group = groups[n] ?? []
    t.true([200, 409].includes(status), text)
    const active = await activeOf(group)
    t.is(active, status === 200 ? group.length : 0, text)
    seats += active
  }
  t.true(seats >= SEATS - 2 && seats <= SEATS, `${seats} of ${SEATS} seats are taken`)
})

test('every patient of a group has the search and the booking in their trail', async (t) => {
  const group = people(2)
  await book(proposals(await find(group, 5))[0]?.id ?? '', group)
  for (const patient of group) {
    const trail = entriesOf(await fhir.get(`AuditEvent?patient=${patient}`, staff), 'AuditEvent')
    t.deepEqual(
      trail.map(({ subtype = [] }) => subtype[1]?.code),
      ['ITI-117', 'ITI-115'],
    )
  }
})
