import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'
import type { AuditEvent, Bundle } from 'fhir/r4.js'

import { asTold } from '../../src/fhir/audit/entry.ts'
import { removeAuditEvents } from '../../src/fhir/store/remove-audit-events.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { type Answer, BASE, entriesOf, fhirClient, type FhirClient, parameters, reference } from './client.ts'

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
const admin = { as: randomUUID(), role: 'admin' } as const

/** The transactions in the trail about a patient, in the order of time. */
async function trailOf(patient: string, query = ''): Promise<AuditEvent[]> {
  const answer = await fhir.get(`AuditEvent?patient=Patient/${patient}${query}`, admin)
  return entriesOf(answer, 'AuditEvent').reverse()
}
/** What the event is about beside the patient, and who did it. */
const dataOf = ({ entity }: AuditEvent) => entity?.[1]?.what?.reference
const userOf = ({ agent }: AuditEvent) => agent.find(({ requestor }) => requestor)?.who
const firstId = (answer: Answer) => entriesOf(answer, 'Appointment')[0]?.id ?? ''
const transactionOf = ({ subtype = [] }: AuditEvent) => subtype[1]?.code

const find = (patient: string, n: number) =>
  fhir.post(
    'Appointment/$find',
    parameters({
      start: { valueDateTime: world.slot(n) },
      end: { valueDateTime: world.slot(n + 1) },
      practitioner: reference(`Practitioner/${world.people.doctors[0] ?? ''}`),
      'visit-type': { valueString: world.people.consultation },
      reason: { valueString: 'http://snomed.info/sct|386661006' },
      'patient-reference': reference(`Patient/${patient}`),
    }),
    { as: patient },
  )

test('finding, holding, booking and searching for a patient is in the trail, each once, with who did it', async (t) => {
  const patient = somebody()
  const proposed = firstId(await find(patient, 0))
  const named = (id: string) => parameters({ 'appointment-reference': reference(`Appointment/${id}`) })
  const held = await fhir.post('Appointment/$hold', named(proposed), { as: patient })
  const id = firstId(held)
  await fhir.post('Appointment/$book', named(id), { as: patient })
  const staff = randomUUID()
  await fhir.get(`Appointment?patient=Patient/${patient}&specialty=x`, { as: staff, role: 'admin' })

  const trail = await trailOf(patient)
  t.deepEqual(trail.map(transactionOf), ['ITI-115', 'ITI-116', 'ITI-117', 'ITI-118'])
  t.deepEqual(trail.map(dataOf), [undefined, `Appointment/${id}`, `Appointment/${id}`, undefined])
  for (const event of trail) t.is(event.entity?.[0]?.what?.reference, `Patient/${patient}`)
  const by = trail.map(userOf)
  t.deepEqual(by[0], { reference: `Patient/${patient}` })
  t.is(by[3]?.identifier?.value, `urn:uuid:${staff}`)
})

test('the trail has references and dates, and no code of what somebody is ill with', async (t) => {
  const patient = somebody()
  await find(patient, 3)
  const [event] = await trailOf(patient)
  const query = Buffer.from(event?.entity?.[1]?.query ?? '', 'base64').toString()
  t.true(query.startsWith(`Appointment/$find?start=${world.slot(3)}&`), query)
  t.true(query.includes(`patient-reference=Patient/${patient}`))
  t.regex(query, /&visit-type&reason&/)
  t.false(JSON.stringify(event).includes('386661006'))
  t.is(asTold('Appointment', [['date:missing', 'x']]), 'Appointment?date:missing=x')
})

test('what is refused, and what is about nobody, is not in the trail', async (t) => {
  const [patient, other] = [somebody(), somebody()]
  t.is((await fhir.get(`Appointment?patient=Patient/${other}`, { as: patient })).status, 403)
  t.is((await fhir.get('Appointment', { as: patient })).status, 200)
  t.deepEqual(await trailOf(other), [])
  t.deepEqual(await trailOf(patient), [])
})

test('a search that tells of many patients is in the trail of each, by the page that was told', async (t) => {
  const [one, two] = [somebody(), somebody()]
  const [, doctor = ''] = world.people.doctors
  for (const [n, as] of [one, two].entries()) {
    const start = world.slot(n, 4)
    await world.book({ doctorId: doctor, serviceId: world.people.consultation, start }, { as })
  }
  await fhir.get(`Appointment?practitioner=${doctor}&date=${world.slot(0, 4).slice(0, 10)}&_count=1`, {
    as: doctor,
    role: 'doctor',
  })
  t.deepEqual((await trailOf(one)).map(transactionOf), ['ITI-118'])
  t.deepEqual(await trailOf(two), [])
})

test('patients read the trail of their own record and of nobody else, administrators everybody’s', async (t) => {
  const [patient, other] = [somebody(), somebody()]
  await find(patient, 6)
  const mine = await fhir.get('AuditEvent', { as: patient })
  const [event] = entriesOf(mine, 'AuditEvent')
  t.is(entriesOf(mine, 'AuditEvent').length, 1)
  const path = `AuditEvent/${event?.id ?? ''}`
  t.deepEqual((await fhir.get(path, { as: patient })).resource, event)
  t.deepEqual((await fhir.get(path, { ...admin, format: 'xml' })).resource, event)
  t.is((await fhir.get(path, { as: other })).status, 404)
  t.is((await fhir.get(`AuditEvent?patient=Patient/${patient}`, { as: other })).status, 403)
  t.is((await fhir.get(`AuditEvent?patient=Patient/${patient}`, { as: other, role: 'doctor' })).status, 403)
  t.is((await fhir.get(`AuditEvent?_id=${event?.id ?? ''}`, { as: other })).status, 200)
  t.deepEqual(entriesOf(await fhir.get(`AuditEvent?_id=${event?.id ?? ''}`, { as: other }), 'AuditEvent'), [])
  t.is((await fhir.get('AuditEvent')).status, 401)
  t.is((await fhir.get('AuditEvent', { as: other, role: 'stakeholder' })).status, 403)
})

test('the trail is searched by type, transaction and date, and paged from the latest on', async (t) => {
  const patient = somebody()
  const today = new Date().toISOString().slice(0, 10)
  for (const n of [9, 12, 15]) await find(patient, n)
  await fhir.get(`Appointment?patient=${patient}`, { as: patient, format: 'xml' })
  const cases: [string, number][] = [
    ['', 4],
    ['&type=rest', 4],
    ['&type=http://terminology.hl7.org/CodeSystem/audit-event-type|rest', 4],
    ['&type=login', 0],
    ['&subtype=ITI-118', 1],
    ['&subtype=urn:ihe:event-type-code|ITI-115,urn:ihe:event-type-code|ITI-118', 4],
    ['&subtype=http://dicom.nema.org/resources/ontology/DCM|ITI-115', 0],
    [`&date=ge${today}`, 4],
    ['&date=lt2020-01-01', 0],
  ]
  for (const [query, count] of cases) t.is((await trailOf(patient, query)).length, count, query)

  const seen: string[] = []
  let path: string | undefined = 'AuditEvent?_count=3'
  while (path !== undefined) {
    const answer = await fhir.get(path, { as: patient, format: 'xml' })
    seen.push(...entriesOf(answer, 'AuditEvent').map(({ id = '' }) => id))
    const next = (answer.resource as Bundle).link?.find(({ relation }) => relation === 'next')?.url
    path = next?.slice(`${BASE}/`.length)
  }
  t.is(seen.length, 4)
  t.deepEqual(seen, [...seen].sort().reverse())
  t.is((await fhir.get('AuditEvent?_page=x', { as: patient })).status, 400)
})

test('nothing in the trail can be changed, nor removed before six years; what is older goes', async (t) => {
  const patient = randomUUID()
  const insert = `INSERT INTO audit_event (transaction, patient_id, actor_id, actor_roles, address, recorded_at)
    SELECT 'ITI-118', $1, $1, '{}', '::1', now() - make_interval(days => days) FROM unnest($2::int[]) AS days`
  await world.pool.query(insert, [patient, [0, 2_000, 3_000, 4_000]])
  const of = [patient]
  for (const statement of [
    'UPDATE audit_event SET actor_id = $1 WHERE patient_id = $1',
    'DELETE FROM audit_event WHERE patient_id = $1',
  ]) {
    await t.throwsAsync(world.pool.query(statement, of), { code: '23001' })
  }
  await t.throwsAsync(world.pool.query('TRUNCATE audit_event'), { message: /denied|refused/ })
  t.is(await removeAuditEvents(world.pool, 2_557, 1), 1, 'some at a time')
  t.is(await removeAuditEvents(world.pool, 2_557, 10), 1)
  const { rows } = await world.pool.query('SELECT id FROM audit_event WHERE patient_id = $1', of)
  t.is(rows.length, 2)
})
