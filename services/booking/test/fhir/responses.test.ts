import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'
import type { AppointmentResponse } from 'fhir/r4.js'

import { createWorld, type World } from '../helpers/world.ts'
import { type Asking, entriesOf, fhirClient, type FhirClient, issuesOf } from './client.ts'

const scope = fileScope(test)
let world: World
let fhir: FhirClient
let doctor: string

test.before(async () => {
  world = await createWorld(scope)
  world.work()
  fhir = fhirClient(world)
  ;[doctor = ''] = world.people.doctors
})

/** A request that waits for the doctor: its id. Each test has a day and a patient of its own. */
async function pending(day: number): Promise<{ id: string; patient: string }> {
  const patient = world.people.patients[day] ?? ''
  const body = { doctorId: doctor, serviceId: world.people.procedure, start: world.slot(0, day) }
  const { id } = (await world.book(body, { as: patient })).json<{ id: string }>()
  return { id, patient }
}

const answer = (
  id: string,
  participantStatus: AppointmentResponse['participantStatus'],
  asking: Asking,
  comment?: string,
) =>
  fhir.post(
    'AppointmentResponse',
    {
      resourceType: 'AppointmentResponse',
      appointment: { reference: `Appointment/${id}` },
      participantStatus,
      ...(comment === undefined ? {} : { comment }),
    },
    asking,
  )

const asDoctor = { role: 'doctor' } as const

for (const [index, format] of (['json', 'xml'] as const).entries()) {
  test(`a doctor accepts what waits for them, in ${format}`, async (t) => {
    const { id, patient } = await pending(index + 1)
    const said = await answer(id, 'accepted', { ...asDoctor, as: doctor, format })
    t.is(said.status, 201, said.text)
    t.like(said.resource, { resourceType: 'AppointmentResponse', participantStatus: 'accepted' })
    const location = String(said.headers.location).split('/fhir/R4/')[1] ?? ''
    t.deepEqual((await fhir.get(location, { as: patient, format })).resource, said.resource)
    t.like((await fhir.get(`Appointment/${id}`, { as: patient })).resource, { status: 'booked' })
    const both = await fhir.get(`AppointmentResponse?appointment=Appointment/${id}`, { as: patient, format })
    t.deepEqual(
      entriesOf(both, 'AppointmentResponse').map(({ participantStatus }) => participantStatus),
      ['accepted', 'accepted'],
    )
  })
}

test('a doctor who declines says why, and what was declined is cancelled in the words of FHIR', async (t) => {
  const { id, patient } = await pending(3)
  const silent = await answer(id, 'declined', { ...asDoctor, as: doctor })
  t.is(silent.status, 400)
  t.is(issuesOf(silent)[0]?.details?.coding?.[0]?.code, 'BOOKING_REASON_MISSING')
  t.is((await answer(id, 'declined', { ...asDoctor, as: doctor }, 'Please see your GP first')).status, 201)
  const { resource } = await fhir.get(`Appointment/${id}`, { as: patient })
  t.like(resource, { status: 'cancelled', cancelationReason: { text: 'Please see your GP first' } })
  const late = await answer(id, 'accepted', { ...asDoctor, as: doctor })
  t.is(late.status, 409)
  t.like(issuesOf(late)[0], { severity: 'fatal', code: 'conflict' })
})

test('a patient declines what was booked, and cannot accept for the doctor', async (t) => {
  const { id, patient } = await pending(4)
  t.is((await answer(id, 'accepted', { as: patient })).status, 422)
  const forDoctor = await fhir.post(
    'AppointmentResponse',
    {
      resourceType: 'AppointmentResponse',
      appointment: { reference: `Appointment/${id}` },
      actor: { reference: `Practitioner/${doctor}` },
      participantStatus: 'accepted',
    },
    { as: patient },
  )
  t.is(forDoctor.status, 403)
  t.like((await fhir.get(`Appointment/${id}`, { as: patient })).resource, { status: 'pending' })
  t.is((await answer(id, 'declined', { as: patient })).status, 201)
  t.like((await fhir.get(`Appointment/${id}`, { as: patient })).resource, { status: 'cancelled' })
})

test('a stale If-Match changes nothing, and a fresh one does', async (t) => {
  const { id, patient } = await pending(5)
  const asking = { ...asDoctor, as: doctor }
  for (const stale of ['W/"7"', '"7"', 'nonsense']) {
    const refused = await answer(id, 'accepted', { ...asking, headers: { 'if-match': stale } })
    t.is(refused.status, 412, stale)
    t.is(issuesOf(refused)[0]?.code, 'conflict')
  }
  t.like((await fhir.get(`Appointment/${id}`, { as: patient })).resource, { status: 'pending' })
  t.is((await answer(id, 'accepted', { ...asking, headers: { 'if-match': 'W/"1"' } })).status, 201)
})

test('nobody answers somebody else’s appointment, nor one that is not there', async (t) => {
  const { id } = await pending(6)
  const other = await answer(id, 'accepted', { ...asDoctor, as: world.people.doctors[1] ?? '' })
  t.is(other.status, 404)
  t.is((await answer(randomUUID(), 'accepted', { ...asDoctor, as: doctor })).status, 404)
  t.is((await answer('elsewhere', 'accepted', { ...asDoctor, as: doctor })).status, 404)
  t.is((await fhir.get('AppointmentResponse', { as: doctor, ...asDoctor })).status, 400)
})
