import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import type { Socket } from 'node:net'

import { type Client, Code, ConnectError, createClient } from '@connectrpc/connect'
import { createConnectTransport, createGrpcWebTransport } from '@connectrpc/connect-node'
import { DirectoryService } from '@medqueue/contracts/proto/directory'
import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { clinic, doctor, plant, serviceType, specialty } from './helpers/network.ts'
import { send } from './helpers/send.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World
let baseUrl: string
let client: Client<typeof DirectoryService>

const care = specialty('Cardiology')
const service = serviceType()
const places = [clinic(), clinic({ name: 'Second Clinic' })]
const fern = doctor({
  specialtyId: care.id,
  clinicIds: places.map(({ id }) => id),
  serviceIds: [service.id],
  phone: '+55 27 0000-0001',
})

test.before(async () => {
  world = await createWorld(scope)
  await plant(world.database.pool, {
    specialties: [care],
    services: [service],
    clinics: places,
    doctors: [fern],
  })
  baseUrl = await world.app.listen({ host: '127.0.0.1', port: 0 })
  client = createClient(DirectoryService, createConnectTransport({ baseUrl, httpVersion: '1.1' }))
})

async function newPatient(): Promise<string> {
  const body = { name: 'Patient A', email: 'a@example.org' }
  const made = await send(world, 'POST', '/v1/patients', { headers: world.as('admin'), body })
  return String(made.body.id)
}

test('a service asks for a doctor and is told all but the phone number', async (t) => {
  const { doctor: told } = await client.getDoctor({ id: fern.id }, { headers: world.as('service') })
  t.like(told, {
    id: fern.id,
    version: 1,
    active: true,
    name: fern.name,
    specialtyId: care.id,
    specialtyName: 'Cardiology',
    clinicIds: fern.clinicIds,
    serviceIds: [service.id],
  })
  t.false(JSON.stringify(told).includes(String(fern.phone)))
})

test('a service asks for a patient; what is not known is left out', async (t) => {
  const id = await newPatient()
  const { patient } = await client.getPatient({ id }, { headers: world.as('service') })
  t.like(patient, { id, version: 1, name: 'Patient A', email: 'a@example.org' })
  t.is(patient?.phone, undefined)
  t.is(patient?.birthYear, undefined)
})

test('gRPC-Web is answered too', async (t) => {
  const web = createClient(DirectoryService, createGrpcWebTransport({ baseUrl, httpVersion: '1.1' }))
  const { doctor: told } = await web.getDoctor({ id: fern.id }, { headers: world.as('service') })
  t.is(told?.name, fern.name)
})

const refuses = test.macro({
  exec: async (t, call: () => Promise<unknown>, code: Code) => {
    const error = await t.throwsAsync(call, { instanceOf: ConnectError })
    t.is(Code[error.code], Code[code])
  },
  title: (behaviour) => behaviour ?? 'refuses',
})

test(
  'without a token nothing is told',
  refuses,
  async () => client.getDoctor({ id: fern.id }),
  Code.Unauthenticated,
)
test(
  'a doctor nobody knows is not found',
  refuses,
  async () => client.getDoctor({ id: randomUUID() }, { headers: world.as('service') }),
  Code.NotFound,
)
test(
  'an id that is no UUID is refused',
  refuses,
  async () => client.getPatient({ id: 'seven' }, { headers: world.as('service') }),
  Code.InvalidArgument,
)
test(
  'a stakeholder may not read patients',
  refuses,
  async () => client.getPatient({ id: await newPatient() }, { headers: world.as('stakeholder') }),
  Code.PermissionDenied,
)
test(
  'to another patient a patient is not there',
  refuses,
  async () => client.getPatient({ id: await newPatient() }, { headers: world.as('patient') }),
  Code.NotFound,
)
test(
  'a megabyte is refused',
  refuses,
  async () => client.getDoctor({ id: 'x'.repeat(1024 ** 2) }, { headers: world.as('service') }),
  Code.InvalidArgument,
)

test('a connection with more than anybody reads is given up, so that no question waits behind it', async (t) => {
  const question = request(`${baseUrl}/${DirectoryService.typeName}/GetDoctor`, {
    method: 'POST',
    agent: new Agent({ keepAlive: true }),
    headers: { ...world.as('service'), 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
  })
  question.on('error', () => undefined) // The client may still be writing.
  const [socket] = (await once(question, 'socket')) as [Socket]
  const ended = new Promise<boolean>((resolve) => {
    socket.once('close', () => resolve(true))
    AbortSignal.timeout(5_000).addEventListener('abort', () => resolve(false))
  })
  question.end(JSON.stringify({ id: 'x'.repeat(4 * 1024 ** 2) }))
  t.true(await ended)
})

test('a patient reads the own record', async (t) => {
  const id = await newPatient()
  const { patient } = await client.getPatient({ id }, { headers: world.as('patient', id) })
  t.is(patient?.id, id)
})
