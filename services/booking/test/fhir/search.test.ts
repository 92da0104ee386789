import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'
import type { Bundle } from 'fhir/r4.js'

import { createWorld, type World } from '../helpers/world.ts'
import { type Asking, BASE, entriesOf, fhirClient, type FhirClient, type Format, issuesOf } from './client.ts'

const scope = fileScope(test)
let world: World
let fhir: FhirClient
let patient: string
let doctor: string
let booked: string[]

test.before(async () => {
  world = await createWorld(scope)
  world.work()
  fhir = fhirClient(world)
  ;[patient = ''] = world.people.patients
  ;[doctor = ''] = world.people.doctors
  booked = []
  for (const day of [1, 2, 3]) {
    const body = { doctorId: doctor, serviceId: world.people.consultation, start: world.slot(0, day) }
    booked.push((await world.book(body, { as: patient })).json<{ id: string }>().id)
  }
})

const idsIn = (answer: Parameters<typeof entriesOf>[0]) =>
  entriesOf(answer, 'Appointment').map(({ id }) => id ?? '')
const mine = (query: string, asking: Asking = {}) =>
  fhir.get(`Appointment${query}`, { as: patient, ...asking })

for (const format of ['json', 'xml'] satisfies Format[]) {
  test(`existing appointments are found by GET and by POST alike, in ${format}`, async (t) => {
    const date = world.slot(0, 2).slice(0, 10)
    const asking = { as: patient, format }
    const got = await fhir.get(`Appointment?patient=Patient/${patient}&date=${date}`, asking)
    const posted = await fhir.form('Appointment/_search', { patient: `Patient/${patient}`, date }, asking)
    t.is(got.status, 200)
    t.deepEqual(idsIn(got), [booked[1] ?? ''])
    t.is((got.resource as Bundle).total, 1)
    t.deepEqual(posted.resource, got.resource)
    t.is(got.headers['content-type'], `application/fhir+${format}; charset=utf-8`)
  })
}

test('each filter narrows the search, and several together narrow it more', async (t) => {
  const service = world.people.consultation
  const cases: [string, number][] = [
    ['', 3],
    [`?patient=${patient}`, 3],
    [`?patient:Patient=${patient}`, 3],
    [`?patient=${BASE}/Patient/${patient}`, 3],
    [`?patient.identifier=urn:ietf:rfc:3986|urn:uuid:${patient}`, 3],
    [`?practitioner=Practitioner/${doctor}`, 3],
    [`?actor=Practitioner/${doctor}&actor=Patient/${patient}`, 3],
    [`?practitioner=Practitioner/${randomUUID()}`, 0],
    [`?practitioner=https://elsewhere.example/fhir/Practitioner/${doctor}`, 0],
    [`?location=Location/${world.people.clinic}`, 3],
    [`?specialty=https://medqueue.dev/fhir/CodeSystem/specialty|${world.people.specialty}`, 3],
    [`?specialty=http://snomed.info/sct|${world.people.specialty}`, 0],
    [`?service-type=${service}`, 3],
    ['?status=booked', 3],
    ['?status=cancelled,booked', 3],
    ['?status=fulfilled', 0],
    ['?status=proposed', 0],
    [`?_id=${booked[0] ?? ''},${booked[2] ?? ''}`, 2],
    [`?identifier=urn:uuid:${booked[0] ?? ''}`, 1],
    [`?date=ge${world.slot(0, 2)}`, 2],
    [`?date=gt${world.slot(0, 2)}`, 1],
    [`?date=ge${world.slot(0, 2)}&date=lt${world.slot(0, 3)}`, 1],
  ]
  for (const [query, count] of cases) {
    const { status, resource } = await mine(query)
    t.is(status, 200, query)
    t.is((resource as Bundle).total, count, query)
  }
})

test('an unknown identifier system matches nothing, which is no error and still has an entry', async (t) => {
  const answer = await mine('?patient.identifier=urn:oid:1.2.3.4.5|12345')
  t.is(answer.status, 200)
  t.like(answer.resource, { resourceType: 'Bundle', type: 'searchset', total: 0 })
  t.like((answer.resource as Bundle).entry?.[0], { search: { mode: 'outcome' } })
  t.is(issuesOf(answer)[0]?.severity, 'information')
})

test('_count makes pages that follow each other, and 0 asks for the number alone', async (t) => {
  const found: string[] = []
  let query = '?_count=2'
  for (;;) {
    const answer = await mine(query)
    t.is((answer.resource as Bundle).total, 3)
    found.push(...idsIn(answer))
    const next = (answer.resource as Bundle).link?.find(({ relation }) => relation === 'next')?.url
    if (next === undefined) break
    query = next.slice(next.indexOf('?'))
  }
  t.deepEqual(found, booked)
  const none = await mine('?_count=0')
  t.like(none.resource, { total: 3 })
  t.deepEqual(idsIn(none), [])
})

test('_include may name the type it wants, or everything', async (t) => {
  const cases: [string, string[]][] = [
    ['Appointment:patient:Patient', ['Patient']],
    ['Appointment:actor:Practitioner', ['Practitioner']],
    ['*', ['Patient', 'Practitioner', 'Location', 'Slot', 'Slot', 'Slot']],
    ['Appointment:patient:Device', ['OperationOutcome']],
  ]
  for (const [include, types] of cases) {
    const { entry = [] } = (await mine(`?_include=${include}`)).resource as Bundle
    const others = entry.flatMap(({ resource }) => resource?.resourceType ?? [])
    t.deepEqual(
      others.filter((type) => type !== 'Appointment'),
      types,
      include,
    )
  }
})

test('_include brings who and what the appointments refer to, once each', async (t) => {
  const answer = await mine('?_include=Appointment:actor&_include=Appointment:slot')
  t.deepEqual(
    (answer.resource as Bundle).entry?.map(
      ({ search, resource }) => `${search?.mode ?? ''} ${resource?.resourceType ?? ''}`,
    ),
    [
      ...Array<string>(3).fill('match Appointment'),
      'include Patient',
      'include Practitioner',
      'include Location',
      ...Array<string>(3).fill('include Slot'),
    ],
  )
  t.true(entriesOf(answer, 'Slot').every(({ status }) => status === 'busy'))
})

test('a patient who asks for somebody else is refused, and somebody else’s appointment is not there', async (t) => {
  const other = world.people.patients[1] ?? ''
  const search = await mine(`?patient=Patient/${patient}`, { as: other })
  t.is(search.status, 403)
  t.like(issuesOf(search)[0], { severity: 'fatal', code: 'forbidden' })
  t.like((await mine('', { as: other })).resource, { total: 0 })
  const read = await fhir.get(`Appointment/${booked[0] ?? ''}`, { as: other })
  t.is(read.status, 404)
  t.is(issuesOf(read)[0]?.code, 'not-found')
  t.is((await fhir.get(`Patient/${patient}`, { as: other })).status, 404)
  t.like((await fhir.get(`Patient?_id=${patient}`, { as: other })).resource, { total: 0 })
  t.like((await fhir.get(`AppointmentResponse?appointment=${booked[0] ?? ''}`, { as: other })).resource, {
    total: 0,
  })
})

test('a doctor sees their own visits with a patient and nobody else’s', async (t) => {
  const asking = { role: 'doctor' } as const
  const query = `Appointment?patient=Patient/${patient}`
  t.like((await fhir.get(query, { ...asking, as: doctor })).resource, { total: 3 })
  t.like((await fhir.get(query, { ...asking, as: world.people.doctors[1] ?? '' })).resource, { total: 0 })
  t.like((await fhir.get(query, { role: 'admin', as: randomUUID() })).resource, { total: 3 })
})

test('a parameter that is not known is left out and told, or refused when the client is strict', async (t) => {
  const lenient = await mine('?part-status=accepted')
  t.is(lenient.status, 200)
  t.regex(issuesOf(lenient)[0]?.details?.text ?? '', /part-status/)
  const strict = await mine('?part-status=accepted', { headers: { prefer: 'handling=strict' } })
  t.is(strict.status, 400)
  t.like(issuesOf(strict)[0], { code: 'not-supported', expression: ['part-status'] })
})

test('what cannot be searched is a named mistake', async (t) => {
  const cases: [string, string][] = [
    ['?date=tomorrow', 'date'],
    ['?date=2027-02-30', 'date'],
    ['?date=ge2027-03-01T09:00:00', 'date'],
    ['?date=ap2027-03-01', 'date'],
    ['?status=confirmed', 'status'],
    ['?status:not=booked', 'status'],
    ['?patient:missing=true', 'patient'],
    ['?_count=many', '_count'],
    ['?patient=', 'patient'],
    [`?patient=${'x'.repeat(2_000)}`, 'patient'],
    ['?actor=1', 'actor'],
  ]
  for (const [query, name] of cases) {
    const answer = await mine(query)
    t.is(answer.status, 400, query)
    t.deepEqual(issuesOf(answer)[0]?.expression, [name], query)
  }
  t.is((await mine(`?${Array.from({ length: 61 }, () => 'status=booked').join('&')}`)).status, 400)
  t.is((await mine('?_page=nonsense')).status, 400)
})

test('an appointment has its version as ETag, and who has it already gets 304', async (t) => {
  const path = `Appointment/${booked[0] ?? ''}`
  const first = await fhir.get(path, { as: patient })
  t.is(first.headers.etag, 'W/"1"')
  t.deepEqual((await fhir.get(path, { as: patient, format: 'xml' })).resource, first.resource)
  const again = await fhir.get(path, { as: patient, headers: { 'if-none-match': 'W/"1"' } })
  t.is(again.status, 304)
})

test('everybody reads their own Patient, which tells no more than booking knows', async (t) => {
  const { resource } = await fhir.get(`Patient/${patient}`, { as: patient })
  t.like(resource, { resourceType: 'Patient', id: patient, active: true })
  const searched = await fhir.form('Patient/_search', { identifier: `urn:uuid:${patient}` }, { as: patient })
  t.deepEqual(entriesOf(searched, 'Patient'), [resource as never])
  t.deepEqual((await fhir.get(`Patient/${patient}`, { as: patient, format: 'xml' })).resource, resource)
})
