import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'
import type { InjectOptions } from 'fastify'

import { everything } from './helpers/outbox.ts'
import { doctorAtClinic, rotaBody, rotaValues } from './helpers/rotas.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World
test.before(async () => {
  world = await createWorld(scope)
})

type Who = 'nobody' | 'patient' | 'stakeholder' | 'service' | 'stranger' | 'owner' | 'admin'
const EVERYBODY: Who[] = ['nobody', 'patient', 'stakeholder', 'service', 'stranger', 'owner', 'admin']
const MATCH = { 'if-match': '*' }

interface Planted {
  doctorId: string
  clinicId: string
  rota: string
  exception: string
  change: string
  resource: string
  closure: string
}

/** A doctor with one row, one exception and one bulk change. */
async function plant(): Promise<Planted> {
  const { doctorId, clinicId, addRota, addException, post } = await doctorAtClinic(world)
  const { id: rota } = await addRota()
  const { id: exception } = await addException({ kind: 'closed', date: '2027-02-01', reason: 'Private' })
  const dates = { from: '2027-03-01', to: '2027-03-01' }
  const made = await post('/v1/schedule-changes', {
    action: 'close',
    doctorIds: [doctorId],
    ...dates,
    reason: 'x',
  })
  const room = await post('/v1/resources', { kind: 'ultrasound', clinicId, name: 'Scan room 1' })
  const shut = await post('/v1/closures', { clinicId, date: '2027-06-01', reason: 'Roof' })
  await world.app.inject({
    method: 'PUT',
    url: `/v1/holiday-calendars/${clinicId}`,
    headers: world.as('admin'),
    payload: { country: 'BR' },
  })
  const [change = '', resource = '', closure = ''] = [made, room, shut].map(
    (answer) => answer.json<{ id: string }>().id,
  )
  return { doctorId, clinicId, rota, exception, change, resource, closure }
}

const exceptionBody = { kind: 'closed', date: '2027-04-05', reason: 'Away' }

const requests: Record<string, (there: Planted) => InjectOptions> = {
  'list rotas': ({ doctorId }) => ({ url: '/v1/rotas', query: { doctorId } }),
  'read a rota': ({ rota }) => ({ url: `/v1/rotas/${rota}` }),
  'add a rota': ({ doctorId, clinicId }) => {
    return { method: 'POST', url: '/v1/rotas', payload: rotaBody(doctorId, clinicId, { weekday: 2 }) }
  },
  'replace a rota': ({ rota, clinicId }) => {
    return { method: 'PUT', url: `/v1/rotas/${rota}`, headers: MATCH, payload: rotaValues(clinicId) }
  },
  'remove a rota': ({ rota }) => ({ method: 'DELETE', url: `/v1/rotas/${rota}`, headers: MATCH }),
  'list exceptions': ({ doctorId }) => ({ url: '/v1/rota-exceptions', query: { doctorId } }),
  'read an exception': ({ exception }) => ({ url: `/v1/rota-exceptions/${exception}` }),
  'add an exception': ({ doctorId }) => {
    return { method: 'POST', url: '/v1/rota-exceptions', payload: { doctorId, ...exceptionBody } }
  },
  'replace an exception': ({ exception }) => {
    const url = `/v1/rota-exceptions/${exception}`
    return { method: 'PUT', url, headers: MATCH, payload: exceptionBody }
  },
  'remove an exception': ({ exception }) => {
    return { method: 'DELETE', url: `/v1/rota-exceptions/${exception}`, headers: MATCH }
  },
  'try a bulk change': ({ doctorId }) => {
    const dates = { from: '2027-03-01', to: '2027-03-01' }
    const payload = { action: 'close', doctorIds: [doctorId], ...dates, reason: 'x', dryRun: true }
    return { method: 'POST', url: '/v1/schedule-changes', payload }
  },
  'make a bulk change': ({ doctorId }) => {
    const dates = { from: '2027-03-01', to: '2027-03-01' }
    const payload = { action: 'close', doctorIds: [doctorId], ...dates, reason: 'x' }
    return { method: 'POST', url: '/v1/schedule-changes', payload }
  },
  'list bulk changes': () => ({ url: '/v1/schedule-changes' }),
  'read a bulk change': ({ change }) => ({ url: `/v1/schedule-changes/${change}` }),
  'undo a bulk change': ({ change }) => ({ method: 'POST', url: `/v1/schedule-changes/${change}/undo` }),
  'list closures': () => ({ url: '/v1/closures' }),
  'read a closure': ({ closure }) => ({ url: `/v1/closures/${closure}` }),
  'close a clinic': ({ clinicId }) => {
    return { method: 'POST', url: '/v1/closures', payload: { clinicId, date: '2027-06-02', reason: 'Roof' } }
  },
  'change a closure': ({ clinicId, closure }) => {
    const payload = { clinicId, date: '2027-06-03', reason: 'Roof' }
    return { method: 'PUT', url: `/v1/closures/${closure}`, headers: MATCH, payload }
  },
  'take back a closure': ({ closure }) => {
    return { method: 'DELETE', url: `/v1/closures/${closure}`, headers: MATCH }
  },
  'list holiday calendars': () => ({ url: '/v1/holiday-calendars' }),
  'read a holiday calendar': ({ clinicId }) => ({ url: `/v1/holiday-calendars/${clinicId}` }),
  'read holidays': ({ clinicId }) => ({ url: `/v1/holiday-calendars/${clinicId}/holidays?year=2027` }),
  'keep holidays': ({ clinicId }) => {
    const url = `/v1/holiday-calendars/${clinicId}`
    return { method: 'PUT', url, headers: MATCH, payload: { country: 'BR' } }
  },
  'keep no holidays': ({ clinicId }) => {
    return { method: 'DELETE', url: `/v1/holiday-calendars/${clinicId}`, headers: MATCH }
  },
  'list hits': ({ doctorId }) => ({ url: '/v1/schedule-hits', query: { doctorId } }),
  'list resources': () => ({ url: '/v1/resources' }),
  'read a resource': ({ resource }) => ({ url: `/v1/resources/${resource}` }),
  'add a resource': ({ clinicId }) => {
    const payload = { kind: 'ultrasound', clinicId, name: 'Scan room 2' }
    return { method: 'POST', url: '/v1/resources', payload }
  },
  'replace a resource': ({ clinicId, resource }) => {
    const payload = { kind: 'ultrasound', clinicId, name: 'Scan room 3' }
    return { method: 'PUT', url: `/v1/resources/${resource}`, headers: MATCH, payload }
  },
  'read windows': ({ doctorId }) => {
    const query = { doctorId, from: '2027-01-01T00:00:00Z', to: '2027-01-02T00:00:00Z' }
    return { url: '/v1/windows', query }
  },
}

type Answers = Record<Who, number>
const others = { nobody: 401, patient: 403, stakeholder: 403, service: 403 }
const doctorsRead: Answers = { ...others, stranger: 200, owner: 200, admin: 200 }
const adminsOnly = (status: number): Answers => ({ ...others, stranger: 403, owner: 403, admin: status })
const owners = (status: number, stranger = 403): Answers => {
  return { ...others, stranger, owner: status, admin: status }
}

const everybodyReads = Object.fromEntries(EVERYBODY.map((who) => [who, 200])) as Answers

const matrix: Record<string, Answers> = {
  'list rotas': doctorsRead,
  'read a rota': doctorsRead,
  'add a rota': owners(201),
  'replace a rota': owners(200),
  'remove a rota': owners(200),
  'list exceptions': owners(200),
  'read an exception': owners(200, 404),
  'add an exception': owners(201),
  'replace an exception': owners(200, 404),
  'remove an exception': owners(200, 404),
  'try a bulk change': adminsOnly(200),
  'make a bulk change': adminsOnly(201),
  'list bulk changes': adminsOnly(200),
  'read a bulk change': adminsOnly(200),
  'undo a bulk change': adminsOnly(200),
  'list closures': everybodyReads,
  'read a closure': everybodyReads,
  'close a clinic': adminsOnly(201),
  'change a closure': adminsOnly(200),
  'take back a closure': adminsOnly(200),
  'list holiday calendars': everybodyReads,
  'read a holiday calendar': everybodyReads,
  'read holidays': everybodyReads,
  'keep holidays': adminsOnly(200),
  'keep no holidays': adminsOnly(200),
  'list hits': owners(200),
  'list resources': doctorsRead,
  'read a resource': doctorsRead,
  'add a resource': adminsOnly(201),
  'replace a resource': adminsOnly(200),
  'read windows': everybodyReads,
}

function headersOf(who: Who, { doctorId }: Planted): Record<string, string> {
  if (who === 'nobody') return {}
  if (who === 'owner') return world.as('doctor', doctorId)
  return world.as(who === 'stranger' ? 'doctor' : who, randomUUID())
}

for (const [name, request] of Object.entries(requests)) {
  test.serial(`who may ${name}`, async (t) => {
    const there = await plant()
    for (const who of EVERYBODY) {
      const planted = who === 'owner' || who === 'admin' ? await plant() : there
      const before = await everything(world.database.pool)
      const { headers, ...rest } = request(planted)
      const answer = await world.app.inject({ ...rest, headers: { ...headers, ...headersOf(who, planted) } })

      t.is(answer.statusCode, matrix[name]?.[who] ?? 0, `${who} may ${name}`)
      if (answer.statusCode >= 400) t.is(await everything(world.database.pool), before)
    }
  })
}

test.serial('every route of the service is in the matrix', (t) => {
  const { paths = {} } = world.app.swagger() as { paths?: Record<string, object> }
  // Calendars have a file of their own each, with who may what.
  const own = Object.entries(paths).filter(([path]) => !/^\/v1\/calendar(-|\/)/.test(path))
  const operations = own.flatMap(([, methods]) => Object.keys(methods))
  // Trying and making a bulk change are one route.
  t.is(operations.length, Object.keys(requests).length - 1)
})

test.serial('a doctor lists only own exceptions when none is named, an administrator all', async (t) => {
  const { doctorId } = await plant()
  await plant()
  const list = async (headers: Record<string, string>) => {
    const answer = await world.app.inject({ url: '/v1/rota-exceptions', headers, query: { limit: '500' } })
    return answer.json<{ items: { doctorId: string }[] }>().items
  }
  const own = await list(world.as('doctor', doctorId))

  t.is(own.length, 2)
  t.true(own.every((exception) => exception.doctorId === doctorId))
  t.true((await list(world.as('admin'))).length > own.length)
})
