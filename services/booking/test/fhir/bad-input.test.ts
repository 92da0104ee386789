import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'
import type { Appointment, FhirResource } from 'fhir/r4.js'

import { createWorld, type World } from '../helpers/world.ts'
import { entriesOf, fhirClient, type FhirClient, issuesOf, parameters, reference, sent } from './client.ts'

const scope = fileScope(test)
let world: World
let fhir: FhirClient
let as: string

test.before(async () => {
  world = await createWorld(scope)
  world.work()
  fhir = fhirClient(world)
  ;[as = ''] = world.people.patients
})

test.after('nothing of all this was written', async (t) => {
  const { rows } = await world.pool.query('SELECT count(*)::int AS n FROM appointment')
  t.deepEqual(rows, [{ n: 0 }])
})

const range = (start: string, end: string) =>
  parameters({ start: { valueDateTime: start }, end: { valueDateTime: end } })

async function proposed(n = 0): Promise<Appointment> {
  const answer = await fhir.get(
    `Appointment/$find?start=${world.slot(n, 1)}&end=${world.slot(n + 1, 1)}&practitioner=${world.people.doctors[2] ?? ''}`,
  )
  const [appointment] = entriesOf(answer, 'Appointment')
  if (appointment === undefined) throw new Error(answer.text)
  return appointment
}

test('a search of times wants both ends, in order, with offsets, and no more than 180 days', async (t) => {
  const cases: [string, string, string][] = [
    ['2027-03-01T09:00:00', '2027-03-02', 'Parameters.parameter[0].valueDateTime'],
    ['2027-02-30', '2027-03-02', 'Parameters.parameter[0].valueDateTime'],
    ['2027-03-02', '2027-03-01', 'end'],
    ['2027-03-02', '2027-03-02', 'end'],
    ['2027-03-02', '2037-03-02', 'end'],
  ]
  for (const [start, end, at] of cases) {
    const answer = await fhir.post('Appointment/$find', range(start, end))
    t.is(answer.status, 400, `${start} ${end}`)
    t.like(issuesOf(answer)[0], { severity: 'fatal', expression: [at] })
  }
  t.is((await fhir.get('Appointment/$find?start=2027-03-01T09:00:00&end=2027-03-02')).status, 400)
  t.deepEqual(issuesOf(await fhir.get('Appointment/$find?end=2027-03-02'))[0]?.expression, ['start'])
})

test('parameters that an operation does not have, or has once, are refused', async (t) => {
  const at = `start=${world.slot(0, 1)}&end=${world.slot(9, 1)}`
  for (const query of ['&doctor=1', '&start=2027-01-01', '&_count=x', '&patient-reference=1'.repeat(21)])
    t.is((await fhir.get(`Appointment/$find?${at}${query}`)).status, 400, query)
  const many = Array.from({ length: 101 }, (_, n) => `&reason=a|${n}`).join('')
  t.is((await fhir.get(`Appointment/$find?${at}${many}`)).status, 400)
})

test('a character that no database keeps is searched for, and found nowhere', async (t) => {
  const find = `Appointment/$find?start=${world.slot(0, 1)}&end=${world.slot(9, 1)}&patient-reference=${as}`
  for (const search of [`Appointment?patient=${as}&location=%00`, `${find}&practitioner=a%00b`]) {
    const answer = await fhir.get(search, { as })
    t.is(answer.status, 200, answer.text)
    t.like(answer.resource, { total: 0 })
  }
})

test('nothing found has an entry that says so, whoever is asked for', async (t) => {
  const [start, end] = [world.slot(0, 1), world.slot(9, 1)]
  const nobody = [
    reference(`Practitioner/${randomUUID()}`),
    reference(`https://elsewhere.example/fhir/Practitioner/${world.people.doctors[0] ?? ''}`),
    { valueReference: { identifier: { system: 'urn:oid:1.2.3.4.5', value: world.people.doctors[0] ?? '' } } },
  ]
  for (const practitioner of nobody) {
    const { parameter = [] } = range(start, end)
    const asked = {
      resourceType: 'Parameters',
      parameter: [...parameter, { name: 'practitioner', ...practitioner }],
    }
    const answer = await fhir.post('Appointment/$find', asked as FhirResource)
    t.is(answer.status, 200)
    t.like(answer.resource, { total: 0, entry: [{ search: { mode: 'outcome' } }] })
  }
})

test('who names a patient must be the patient, or book for others', async (t) => {
  const other = world.people.patients[1] ?? ''
  const asked = parameters({
    start: { valueDateTime: world.slot(0, 1) },
    end: { valueDateTime: world.slot(9, 1) },
    'patient-reference': reference(`Patient/${other}`),
  })
  t.is((await fhir.post('Appointment/$find', asked)).status, 401)
  t.is((await fhir.post('Appointment/$find', asked, { as })).status, 403)
  t.is((await fhir.post('Appointment/$find', asked, { as: other })).status, 200)
  t.is((await fhir.post('Appointment/$find', asked, { as: randomUUID(), role: 'admin' })).status, 200)

  const { id = '' } = await proposed()
  const named = parameters({
    'appointment-reference': reference(`Appointment/${id}`),
    'patient-resource': sent({ resourceType: 'Patient', id: other }),
  })
  t.is((await fhir.post('Appointment/$book', named, { as })).status, 403)
})

test('what nobody is logged in for is 401, and what a role may not do is 403, as OperationOutcomes', async (t) => {
  const anonymous = await fhir.get('Appointment')
  t.is(anonymous.status, 401)
  t.like(issuesOf(anonymous)[0], { severity: 'fatal', code: 'login' })
  const stakeholder = await fhir.get('Appointment', { as, role: 'stakeholder' })
  t.is(stakeholder.status, 403)
  t.is(issuesOf(stakeholder)[0]?.code, 'forbidden')
  const nowhere = await fhir.get('Observation/1')
  t.is(nowhere.status, 404)
  t.is(issuesOf(nowhere)[0]?.code, 'not-found')
  t.is((await fhir.get('Nothing', { format: 'xml' })).resource.resourceType, 'OperationOutcome')
})

test('an appointment that breaks the rules of R4 is not booked', async (t) => {
  const good = await proposed()
  const { start = '', participant } = good
  const end = new Date(Date.parse(start) - 60_000).toISOString()
  const ask = (appointment: object) =>
    fhir.post('Appointment/$book', parameters({ 'appointment-resource': sent(appointment as Appointment) }), {
      as,
    })
  const cases: [string, object][] = [
    ['app-2', { ...good, status: 'pending', end: undefined }],
    ['app-3', { ...good, status: 'pending', start: undefined, end: undefined }],
    ['app-4', { ...good, status: 'pending', cancelationReason: { text: 'x' } }],
    ['app-4, as R4 misspells it', { ...good, status: 'noshow', cancelationReason: { text: 'x' } }],
    ['end before start', { ...good, status: 'pending', end }],
    ['another end', { ...good, status: 'pending', end: world.slot(9, 1) }],
    [
      'another start than its slot',
      { ...good, status: 'pending', start: world.slot(2, 1), end: world.slot(3, 1) },
    ],
    ['no offset', { ...good, start: '2027-03-01T09:00:00' }],
    ['hours only in the offset', { ...good, start: '2027-03-01T09:00:00-05' }],
    ['no participant', { ...good, participant: [] }],
    ['a crowd', { ...good, participant: [...participant, ...crowd] }],
    ['an element of nobody', { ...good, room: 'A1' }],
    ['a modifier', { ...good, modifierExtension: [{ url: 'https://example.org/not', valueBoolean: true }] }],
    ['a status that is a number', { ...good, status: 1 }],
  ]
  for (const [name, appointment] of cases) t.is((await ask(appointment)).status, 400, name)
  t.is((await ask({ ...good, status: 'arrived' })).status, 422)
  t.is((await ask({ ...good, status: 'booked' })).status, 404, 'only what is there can be moved')
  t.is((await ask({ ...good, id: randomUUID(), status: 'cancelled' })).status, 404)
})

test('a slot that is none of ours, or one of several, is refused by name', async (t) => {
  const [good, later] = [await proposed(), await proposed(1)]
  const [doctor = ''] = world.people.doctors
  const [mine = {}] = good.slot ?? []
  const of = (...references: string[]) => references.map((one) => ({ reference: one }))
  // By its participants and times alone it could be booked.
  const plain = { ...good, id: undefined, status: 'pending' }
  const cases: [string, object][] = [
    ['no such slot', { ...plain, slot: of('Slot/zzz') }],
    ['something else', { ...plain, slot: of(`Practitioner/${doctor}`) }],
    ['a slot of elsewhere', { ...plain, slot: of(`https://elsewhere.example/fhir/${mine.reference ?? ''}`) }],
    ['a slot without a reference', { ...plain, slot: [{ display: 'in the morning' }] }],
    ['two slots', { ...plain, slot: [mine, mine] }],
    ['a slot, and one of nobody', { ...plain, slot: [mine, ...of('Slot/zzz')] }],
    ['another slot than the proposal', { ...good, slot: of(`Slot/${later.id ?? ''}`) }],
  ]
  for (const [name, appointment] of cases) {
    const asked = parameters({ 'appointment-resource': sent(appointment as Appointment) })
    const answer = await fhir.post('Appointment/$book', asked, { as })
    t.is(answer.status, 400, name)
    t.deepEqual(issuesOf(answer)[0]?.expression, ['appointment-resource.slot'], name)
  }
})

const crowd = Array.from({ length: 21 }, (_, n) => {
  return { actor: { reference: `Patient/${n}` }, status: 'accepted' }
})

test('$book and $hold want one appointment, of ours, and a comment that is not endless', async (t) => {
  const { id = '' } = await proposed()
  const named = { 'appointment-reference': reference(`Appointment/${id}`) }
  const resource = { 'appointment-resource': sent(await proposed()) }
  const cases: [string, FhirResource, number][] = [
    ['$book', parameters({}), 400],
    ['$book', parameters({ ...named, ...resource }), 400],
    ['$book', parameters({ ...named, comment: { valueString: 'x'.repeat(1_001) } }), 400],
    ['$book', parameters({ ...named, comment: { valueString: 'nul \u0000' } }), 400],
    ['$book', parameters({ 'appointment-resource': sent({ resourceType: 'Patient' }) }), 400],
    ['$book', { resourceType: 'Patient' }, 400],
    ['$book', parameters({ 'appointment-reference': reference('Appointment/elsewhere') }), 404],
    ['$book', parameters({ 'appointment-reference': reference(`Appointment/${randomUUID()}`) }), 404],
    ['$hold', parameters({}), 400],
    [
      '$hold',
      parameters({ 'appointment-reference': reference('https://elsewhere.example/Appointment/1') }),
      404,
    ],
    ['$hold', parameters({ ...named, 'patient-reference': reference('Patient/nobody') }), 403],
  ]
  for (const [operation, body, status] of cases) {
    const answer = await fhir.post(`Appointment/${operation}`, body, { as })
    t.is(answer.status, status, `${operation} ${JSON.stringify(body).slice(0, 200)}`)
    t.is(issuesOf(answer)[0]?.severity, 'fatal')
  }
  const bare = await fhir.postText('Appointment/$book', '', { as })
  t.is(bare.status, 400)
})

test('an offer that breaks a rule of the service is not to be had', async (t) => {
  const { id = '' } = await proposed()
  const past = Buffer.from(id.replaceAll('.', '_'), 'base64url')
  past.writeUIntBE(1_000_000_000, 32, 5)
  const old = past.toString('base64url').replaceAll('_', '.')
  for (const operation of ['$book', '$hold']) {
    const answer = await fhir.post(
      `Appointment/${operation}`,
      parameters({ 'appointment-reference': reference(`Appointment/${old}`) }),
      { as },
    )
    t.is(answer.status, 422)
    t.deepEqual(
      issuesOf(answer).map(({ severity, code }) => `${severity} ${code}`),
      ['fatal not-found', 'error business-rule'],
    )
  }
})

test('XML with a document type is refused unread, and so is what is not well formed or not FHIR', async (t) => {
  const bomb =
    '<!DOCTYPE p [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
  const cases = [
    `<?xml version="1.0"?>${bomb}<Parameters xmlns="http://hl7.org/fhir"><id value="&c;"/></Parameters>`,
    '<!DOCTYPE p SYSTEM "file:///etc/passwd"><Parameters xmlns="http://hl7.org/fhir"/>',
    '<Parameters xmlns="http://hl7.org/fhir"><parameter></Parameters>',
    '<Parameters xmlns="http://hl7.org/fhir"><id value="&unknown;"/></Parameters>',
    '<Parameters xmlns="urn:other"/>',
    '<Parameters/>',
    '<Parameters xmlns="http://hl7.org/fhir">text</Parameters>',
    '<Parameters xmlns="http://hl7.org/fhir"><parameter name="a"/></Parameters>',
    '<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="a"/><name value="b"/></parameter></Parameters>',
    '<?xml version="1.0" encoding="ISO-8859-1"?><Parameters xmlns="http://hl7.org/fhir"/>',
    `<Parameters xmlns="http://hl7.org/fhir">${'<parameter><part>'.repeat(60)}`,
    'not XML',
    '',
  ]
  for (const text of cases) {
    const headers = { 'content-type': 'application/fhir+xml' }
    const answer = await fhir.postText('Appointment/$book', text, { as, format: 'xml', headers })
    t.is(answer.status, 400, text.slice(0, 100))
    t.is(answer.resource.resourceType, 'OperationOutcome')
  }
})

test('JSON that is none, is nested without end, or is too large is refused', async (t) => {
  const headers = { 'content-type': 'application/fhir+json' }
  const post = async (text: string) =>
    (await fhir.postText('Appointment/$book', text, { as, headers })).status
  t.is(await post('{'), 400)
  t.is(await post('[]'), 400)
  t.is(await post('null'), 400)
  t.is(await post('{"resourceType":"__proto__"}'), 400)
  t.is(await post('{"resourceType":"Parameters","__proto__":{}}'), 400)
  const part = '{"name":"a","part":['
  t.is(
    await post(
      `{"resourceType":"Parameters","parameter":[${part.repeat(100)}{"name":"b"}${']}'.repeat(100)}]}`,
    ),
    400,
  )
  t.is(await post(`{"resourceType":"Parameters","id":"${'x'.repeat(70_000)}"}`), 413)
  const other = await fhir.postText('Appointment/$book', 'x', {
    as,
    headers: { 'content-type': 'text/plain' },
  })
  t.is(other.status, 415)
  t.is(issuesOf(other)[0]?.code, 'not-supported')
})

test('what is asked for in a format nobody speaks here is 406, and has no effect', async (t) => {
  const { id = '' } = await proposed()
  const named = parameters({ 'appointment-reference': reference(`Appointment/${id}`) })
  for (const accept of ['text/turtle', 'text/html', 'application/fhir+json;q=0']) {
    const answer = await fhir.post('Appointment/$book', named, { as, headers: { accept } })
    t.is(answer.status, 406, accept)
  }
  t.is((await fhir.get('metadata?_format=ttl')).status, 406)
  const cases: [string, string, string][] = [
    ['metadata', 'application/xml;q=0.9, application/json;q=0.2', 'xml'],
    ['metadata', '*/*', 'json'],
    ['metadata?_format=xml', 'application/fhir+json', 'xml'],
    ['metadata?_format=application/fhir%2Bjson', 'application/fhir+xml', 'json'],
    ['metadata?_format=application/fhir+xml', 'application/fhir+json', 'xml'],
  ]
  for (const [path, accept, format] of cases) {
    const { headers } = await fhir.get(path, { headers: { accept } })
    t.is(headers['content-type'], `application/fhir+${format}; charset=utf-8`, `${path} ${accept}`)
  }
})
