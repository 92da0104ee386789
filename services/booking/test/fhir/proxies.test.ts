import { RELATIONSHIPS } from '@medqueue/contracts'
import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { letAct, revoke, tellProxy } from '../helpers/proxies.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { entriesOf, fhirClient, type FhirClient, parameters, reference } from './client.ts'

const scope = fileScope(test)
let world: World
let fhir: FhirClient

test.before(async () => {
  world = await createWorld(scope)
  world.work()
  fhir = fhirClient(world)
})

let next = 0
const somebody = () => world.people.patients[next++] ?? ''

/** The id of what could be booked for a patient at that time. */
async function proposedFor(patientId: string, n: number, as: string): Promise<string> {
  const found = await fhir.post(
    'Appointment/$find',
    parameters({
      start: { valueDateTime: world.slot(n) },
      end: { valueDateTime: world.slot(n + 1) },
      practitioner: reference(`Practitioner/${world.people.doctors[0] ?? ''}`),
      'visit-type': {
        valueString: `https://medqueue.dev/fhir/CodeSystem/service-type|${world.people.consultation}`,
      },
      'patient-reference': reference(`Patient/${patientId}`),
    }),
    { as },
  )
  return entriesOf(found, 'Appointment')[0]?.id ?? `none: ${found.text}`
}

test('a proxy finds, holds, books, reads, answers and searches for the patient, without what others wrote', async (t) => {
  const [child, mother] = [somebody(), somebody()]
  const grant = await letAct(world, { patientId: child, proxyId: mother })
  const id = await proposedFor(child, 0, mother)
  const named = {
    'appointment-reference': reference(`Appointment/${id}`),
    'patient-reference': reference(`Patient/${child}`),
  }
  const held = await fhir.post('Appointment/$hold', parameters(named), { as: mother })
  t.is(held.status, 200, held.text)
  const [hold] = entriesOf(held, 'Appointment')
  const booked = await fhir.post(
    'Appointment/$book',
    parameters({ 'appointment-reference': reference(`Appointment/${hold?.id ?? ''}`) }),
    { as: mother },
  )
  t.is(booked.status, 200, booked.text)
  const [appointment] = entriesOf(booked, 'Appointment')
  t.is(appointment?.participant[0]?.actor?.reference, `Patient/${child}`)

  const own = {
    doctorId: world.people.doctors[1],
    serviceId: world.people.consultation,
    start: world.slot(5),
  }
  await world.book({ ...own, message: 'my secret' }, { as: child })
  const search = () => fhir.get(`Appointment?patient=${child}`, { as: mother })
  const all = entriesOf(await search(), 'Appointment')
  t.is(all.length, 2)
  t.false(JSON.stringify(all).includes('secret'))
  t.is((await fhir.get(`Patient/${child}`, { as: mother })).status, 200)

  const answer = await fhir.post(
    'AppointmentResponse',
    {
      resourceType: 'AppointmentResponse',
      appointment: { reference: `Appointment/${appointment?.id ?? ''}` },
      participantStatus: 'declined',
    },
    { as: mother },
  )
  t.is(answer.status, 201, answer.text)

  await revoke(world, grant)
  t.is((await search()).status, 403)
  t.is((await fhir.get(`Patient/${child}`, { as: mother })).status, 404)
  t.is((await fhir.get(`Appointment/${appointment?.id ?? ''}`, { as: mother })).status, 404)
})

test('a proxy with notes reads what people wrote; their own search is of their own', async (t) => {
  const [child, mother] = [somebody(), somebody()]
  await letAct(world, { patientId: child, proxyId: mother }, { notes: true })
  const own = {
    doctorId: world.people.doctors[1],
    serviceId: world.people.consultation,
    start: world.slot(6),
  }
  await world.book({ ...own, message: 'my secret' }, { as: child })
  const [seen] = entriesOf(await fhir.get(`Appointment?patient=${child}`, { as: mother }), 'Appointment')
  t.is(seen?.comment, 'my secret')
  t.deepEqual(entriesOf(await fhir.get('Appointment', { as: mother }), 'Appointment'), [])
  const both = await fhir.get(`Appointment?patient=${child},${somebody()}`, { as: mother })
  t.is(both.status, 403, 'one of the two is nobody they act for')
})

test('an id that is no UUID is of nobody', async (t) => {
  const me = somebody()
  const held = await fhir.post(
    'Appointment/$hold',
    parameters({
      'appointment-reference': reference(`Appointment/${await proposedFor(me, 7, me)}`),
      'patient-reference': reference('Patient/abc'),
    }),
    { as: me },
  )
  t.is(held.status, 403)
})

for (const format of ['json', 'xml'] as const) {
  test(`the patient and the proxy each see as RelatedPerson what holds between them, and nobody else does (${format})`, async (t) => {
    const [child, mother, stranger] = [somebody(), somebody(), somebody()]
    const grant = await letAct(world, { patientId: child, proxyId: mother })
    await letAct(world, { patientId: somebody(), proxyId: mother }, { relationship: 'grandparent' })
    const asked = (as: string, path: string) => fhir.get(path, { as, format })
    const idsFor = async (as: string, query = '') =>
      entriesOf(await asked(as, `RelatedPerson${query}`), 'RelatedPerson').map(({ id }) => id)

    t.deepEqual(await idsFor(child), [grant.id])
    t.is((await idsFor(mother)).length, 2)
    t.deepEqual(await idsFor(mother, `?patient=Patient/${child}`), [grant.id])
    t.deepEqual(await idsFor(mother, `?patient=${child}&identifier=urn:uuid:${mother}`), [grant.id])
    t.deepEqual(await idsFor(mother, `?_id=${grant.id},${stranger}`), [grant.id])
    t.deepEqual(await idsFor(mother, `?identifier=urn:uuid:${child}`), [])
    t.deepEqual(await idsFor(stranger, `?patient=Patient/${child}`), [])
    t.deepEqual(await idsFor(stranger), [])
    const page = await asked(mother, 'RelatedPerson?_count=1')
    t.like(page.resource, { total: 2, link: [{ relation: 'self' }, { relation: 'next' }] })

    const read = await asked(mother, `RelatedPerson/${grant.id}`)
    t.is(read.status, 200, read.text)
    t.like(read.resource, {
      active: true,
      patient: { reference: `Patient/${child}` },
      identifier: [{ value: `urn:uuid:${mother}` }],
      relationship: [{ coding: [{ code: 'PRN' }] }],
      period: { end: new Date(grant.expiresAt).toISOString() },
    })
    t.is((await asked(stranger, `RelatedPerson/${grant.id}`)).status, 404)
    t.is((await asked(mother, 'RelatedPerson/none')).status, 404)
    t.is((await fhir.get('RelatedPerson', { format })).status, 401)

    await revoke(world, grant)
    t.deepEqual(await idsFor(child), [])
    t.like((await asked(child, `RelatedPerson/${grant.id}`)).resource, { active: false })
  })
}

test('every relationship has a code of HL7', async (t) => {
  const [child, mother] = [somebody(), somebody()]
  const grant = await letAct(world, { patientId: child, proxyId: mother })
  const codes = new Set<string | undefined>()
  for (const [index, relationship] of RELATIONSHIPS.entries()) {
    await tellProxy(world, { ...grant, version: index + 2, relationship })
    const { resource } = await fhir.get(`RelatedPerson/${grant.id}`, { as: child })
    if (resource.resourceType === 'RelatedPerson') codes.add(resource.relationship?.[0]?.coding?.[0]?.code)
  }
  t.is(codes.size, RELATIONSHIPS.length)
  t.false(codes.has(undefined))
})
