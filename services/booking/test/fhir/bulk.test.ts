import { fileScope } from '@medqueue/testing'
import test from 'ava'
import type { Schedule, Slot } from 'fhir/r4.js'

import { checkResource } from '../../src/fhir/map/check.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { fhirClient, type FhirClient } from './client.ts'

const scope = fileScope(test)
let world: World
let fhir: FhirClient

interface Manifest {
  transactionTime: string
  request: string
  output: { type: string; url: string; extension?: { state?: string[] } }[]
  error: unknown[]
}

test.before(async () => {
  world = await createWorld(scope)
  world.work()
  fhir = fhirClient(world)
  await world.pool.query(`UPDATE clinic SET state = 'ES'`)
  const { doctors, patients, consultation, procedure } = world.people
  const book = (serviceId: string, start: string, as = '') =>
    world.book({ doctorId: doctors[0], serviceId, start }, { as })
  await book(consultation, world.slot(0, 1), patients[0])
  await book(procedure, world.slot(3, 1), patients[1])
})

/** As a client that says nothing of formats. */
const get = (path: string, headers: Record<string, string> = {}) =>
  world.app.inject({ url: path.startsWith('/') ? path : `/fhir/R4/${path}`, headers })

const manifest = async () => (await get('$bulk-publish')).json<Manifest>()

test('the manifest is open to everybody, whatever is accepted, and names where it was asked for', async (t) => {
  for (const accept of ['', 'application/json', 'application/fhir+json', '*/*']) {
    const answer = await get('$bulk-publish', accept === '' ? {} : { accept })
    t.is(answer.statusCode, 200, accept)
    t.is(answer.headers['content-type'], 'application/json')
    t.regex(String(answer.headers['cache-control']), /max-age=60/)
  }
  const { request, transactionTime, output, error } = await manifest()
  t.true(request.endsWith('$bulk-publish'))
  t.regex(transactionTime, /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)
  t.deepEqual(error, [])
  t.deepEqual([...new Set(output.map(({ type }) => type))].sort(), [
    'HealthcareService',
    'Location',
    'Practitioner',
    'PractitionerRole',
    'Schedule',
    'Slot',
  ])
})

test('files are had with no Accept and with that of NDJSON, and not again by who has them', async (t) => {
  for (const headers of [{}, { accept: 'application/fhir+ndjson' }]) {
    const { statusCode, headers: said } = await get('bulk/Location.ndjson', headers)
    t.is(statusCode, 200, JSON.stringify(headers))
    const again = await get('bulk/Location.ndjson', { ...headers, 'if-none-match': String(said.etag) })
    t.is(again.statusCode, 304)
  }
})

test('every file is NDJSON of its type, and every reference in it leads to a line of another file', async (t) => {
  const ids = new Set<string>()
  const references = new Set<string>()
  for (const { type, url } of (await manifest()).output) {
    const answer = await get(new URL(url).pathname)
    t.is(answer.statusCode, 200, url)
    t.is(answer.headers['content-type'], 'application/fhir+ndjson')
    for (const line of answer.body.trimEnd().split('\n')) {
      const resource = checkResource(JSON.parse(line))
      t.is(resource.resourceType, type as never)
      ids.add(`${type}/${resource.id ?? ''}`)
      for (const [, reference = ''] of line.matchAll(/"reference":"([^"]+)"/g)) references.add(reference)
    }
    await fhir.get(new URL(url).pathname.replace('/fhir/R4/', ''))
  }
  t.deepEqual(
    [...references].filter((reference) => !ids.has(reference)),
    [],
  )
})

test('slots are published with their state, free and taken, and with nothing of patients', async (t) => {
  const [file] = (await manifest()).output.filter(({ type }) => type === 'Slot')
  t.deepEqual(file?.extension?.state, ['ES'])
  const { body } = await get(new URL(file?.url ?? '').pathname)
  const slots = body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Slot)
  t.deepEqual([...new Set(slots.map(({ status }) => status))].sort(), ['busy', 'busy-tentative', 'free'])
  t.true(
    slots.every(({ start, end }) => /(Z|[+-]\d{2}:\d{2})$/.test(start) && /(Z|[+-]\d{2}:\d{2})$/.test(end)),
  )
  for (const patient of world.people.patients.slice(0, 2)) t.false(body.includes(patient))
  const schedules = (await get('bulk/Schedule.ndjson')).body
  const [first] = schedules
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Schedule)
  t.true((first?.serviceType?.length ?? 0) > 0)
})

test('who has a file already gets 304, and a file that is not there is 404', async (t) => {
  for (const path of ['$bulk-publish', 'bulk/Location.ndjson']) {
    const { headers } = await get(path)
    const again = await get(path, { 'if-none-match': String(headers.etag) })
    t.is(again.statusCode, 304, path)
    t.is(again.body, '')
  }
  for (const name of ['Patient.ndjson', 'Slot-nowhere.ndjson', '..%2Fmetadata'])
    t.is((await get(`bulk/${name}`)).statusCode, 404, name)
})
