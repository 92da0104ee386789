import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'
import type { Bundle } from 'fhir/r4.js'

import { placeId } from '../../src/fhir/map/ids.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { entriesOf, fhirClient, type FhirClient, issuesOf } from './client.ts'

const scope = fileScope(test)
let world: World
let fhir: FhirClient
let doctor: string
let place: string

test.before(async () => {
  world = await createWorld(scope)
  world.work()
  fhir = fhirClient(world)
  ;[doctor = ''] = world.people.doctors
  place = placeId({ doctorId: doctor, clinicId: world.people.clinic })
})

const total = async (query: string) => ((await fhir.get(query)).resource as Bundle).total

test('practitioners, roles, services, places and schedules are open to everybody', async (t) => {
  const { clinic, consultation } = world.people
  const paths: [string, string][] = [
    ['Practitioner', doctor],
    ['PractitionerRole', place],
    ['Schedule', place],
    ['Location', clinic],
    ['HealthcareService', consultation],
  ]
  for (const [type, id] of paths) {
    const one = await fhir.get(`${type}/${id}`)
    t.like(one.resource, { resourceType: type, id })
    t.truthy(one.headers.etag)
    t.deepEqual((await fhir.get(`${type}/${id}`, { format: 'xml' })).resource, one.resource)
    const found = await fhir.get(`${type}?_id=${id}`)
    t.deepEqual((found.resource as Bundle).entry?.[0]?.resource, one.resource as never)
    t.is((await fhir.get(`${type}/${randomUUID()}`)).status, 404)
  }
})

test('the directory is searched by what its resources say', async (t) => {
  const { clinic, consultation, procedure, specialty } = world.people
  const cases: [string, number][] = [
    ['Practitioner', 3],
    ['Practitioner?active=false', 1],
    ['Practitioner?name=doc', 3],
    ['Practitioner?name=nobody', 0],
    [`Practitioner?identifier=urn:ietf:rfc:3986|urn:uuid:${doctor}`, 1],
    [`Practitioner?identifier=urn:oid:1.2.3|${doctor}`, 0],
    [`PractitionerRole?specialty=${specialty}`, 2],
    [`PractitionerRole?practitioner=${doctor}&location=Location/${clinic}`, 1],
    [`PractitionerRole?service=HealthcareService/${procedure}`, 1],
    ['Location?address-city=vitoria', 1],
    ['Location?address-city=Lisbon', 0],
    [`HealthcareService?service-type=${consultation}`, 1],
    [`HealthcareService?location=${clinic}`, 2],
    [`Schedule?actor=Practitioner/${doctor}`, 1],
    [`Schedule?actor=Location/${clinic}`, 3],
    [`Schedule?service-type=https://medqueue.dev/fhir/CodeSystem/service-type|${procedure}`, 1],
  ]
  for (const [query, count] of cases) t.is(await total(query), count, query)
})

test('pages of the directory follow each other, and _include brings what is referred to', async (t) => {
  const ids: (string | undefined)[] = []
  let next: string | undefined = 'PractitionerRole?_count=2&_include=PractitionerRole:practitioner'
  while (next !== undefined) {
    const answer = await fhir.get(next)
    const roles = entriesOf(answer, 'PractitionerRole')
    t.is(entriesOf(answer, 'Practitioner').length, roles.length)
    ids.push(...roles.map(({ id }) => id))
    next = (answer.resource as Bundle).link
      ?.find(({ relation }) => relation === 'next')
      ?.url.split('/fhir/R4/')[1]
  }
  t.is(new Set(ids).size, 3)
})

test('slots are free until somebody has them, and tentative while the doctor has not said yes', async (t) => {
  const { consultation, procedure, patients } = world.people
  const day = `start=ge${world.slot(0, 5)}&start=lt${world.slot(9, 5)}`
  const search = async (query: string) => entriesOf(await fhir.get(`Slot?${query}`), 'Slot')
  const before = await search(`schedule=Schedule/${place}&service-type=${consultation}&${day}`)
  t.deepEqual(
    before.map(({ start }) => start),
    Array.from({ length: 9 }, (_, n) => world.slot(n, 5)),
  )
  t.true(
    before.every(({ status, schedule }) => status === 'free' && schedule.reference === `Schedule/${place}`),
  )

  await world.book(
    { doctorId: doctor, serviceId: consultation, start: world.slot(0, 5) },
    { as: patients[0] ?? '' },
  )
  await world.book(
    { doctorId: doctor, serviceId: procedure, start: world.slot(3, 5) },
    { as: patients[1] ?? '' },
  )
  const after = await search(`schedule=Schedule/${place}&${day}&_count=100`)
  const status = (start: string, service: string) =>
    after.find((slot) => slot.start === start && slot.serviceType?.[0]?.coding?.[0]?.code === service)?.status
  t.is(status(world.slot(0, 5), consultation), 'busy')
  t.is(status(world.slot(3, 5), procedure), 'busy-tentative')
  t.is(status(world.slot(6, 5), consultation), 'free')
  t.deepEqual(
    (await search(`schedule=${place}&${day}&status=busy`)).map(({ id }) => id),
    before.slice(0, 1).map(({ id }) => id),
    'the slot keeps its id',
  )
  const one = await fhir.get(`Slot/${before[0]?.id ?? ''}`)
  t.like(one.resource, { status: 'busy' })
  t.deepEqual((await fhir.get(`Slot/${before[0]?.id ?? ''}`, { format: 'xml' })).resource, one.resource)
  const beside = await fhir.get(`Slot/${before[4]?.id ?? ''}`)
  t.like(beside.resource, { status: 'busy-unavailable' }, 'the visit of another service is in the way')
})

test('pages of slots of several services follow each other without a gap or a repeat', async (t) => {
  const query = `Slot?schedule=${place}&start=ge${world.slot(0, 7)}&start=lt${world.slot(30, 7)}`
  const whole = entriesOf(await fhir.get(`${query}&_count=200`), 'Slot').map(({ id }) => id)
  const paged: (string | undefined)[] = []
  let next: string | undefined = `${query}&_count=7`
  while (next !== undefined) {
    const answer = await fhir.get(next)
    paged.push(...entriesOf(answer, 'Slot').map(({ id }) => id))
    next = (answer.resource as Bundle).link
      ?.find(({ relation }) => relation === 'next')
      ?.url.split('/fhir/R4/')[1]
  }
  t.deepEqual(paged, whole)
  t.true(whole.length > 40)
})

test('a search of slots that would be of everything, or of years, is refused', async (t) => {
  const cases = ['Slot', 'Slot?status=free', `Slot?schedule=${place}&start=ge2027-01-01&start=lt2037-01-01`]
  for (const query of cases) t.is((await fhir.get(query)).status, 400, query)
  t.is(issuesOf(await fhir.get('Slot'))[0]?.severity, 'fatal')
  t.like((await fhir.get(`Slot?schedule=Schedule/${randomUUID()}`)).resource, { resourceType: 'Bundle' })
})

test('the CapabilityStatement lists the operations and every search, in both formats', async (t) => {
  for (const format of ['json', 'xml'] as const) {
    const { resource } = await fhir.get('metadata', { format })
    if (resource.resourceType !== 'CapabilityStatement') return t.fail()
    t.is(resource.fhirVersion, '4.0.1')
    const resources = resource.rest?.[0]?.resource ?? []
    t.deepEqual(
      resources.find(({ type }) => type === 'Appointment')?.operation?.map(({ name }) => name),
      ['find', 'hold', 'book'],
    )
    for (const { type, searchParam = [] } of resources) {
      t.true(searchParam.length > 0, type)
      t.not((await fhir.get(type, { as: doctor, role: 'doctor' })).status, 404, type)
    }
  }
})
