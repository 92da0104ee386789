import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { type Scope } from '@medqueue/testing'
import test from 'ava'

import { createApi, logIn, smoke } from '../src/smoke.ts'
import { bookAndCancel } from '../src/smoke/book.ts'
import { claimsOf, createWorld, PASSWORD } from './helpers/world.ts'

const ISSUER = 'http://book.example.test/oidc'

type Answer = [status: number, body: object]

/** A platform that answers as told: the first rule whose method and path fit. */
async function fake(scope: Scope, answer: (method: string, path: string) => Answer): Promise<URL> {
  const server = createServer((request, response) => {
    const [status, body] = answer(request.method ?? '', request.url ?? '')
    request.resume()
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  scope.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

const SLOT = { doctorId: 'd', serviceId: 's', start: '2027-01-01T09:00:00Z' }

/** The least of a platform on which the first slot can be booked. */
function platform(over: Record<string, Answer[]>): (method: string, path: string) => Answer {
  const rules: Record<string, Answer[]> = {
    'GET /v1/service-types': [[200, { items: [{ id: 's' }] }]],
    'GET /v1/doctors?service=s&limit=20': [[200, { items: [{ id: 'd' }] }]],
    'GET /v1/slots/next?doctorId=d&serviceId=s': [[200, { slot: SLOT }]],
    'POST /v1/appointments': [[201, { id: 'a' }]],
    'GET /v1/appointments/a': [[200, { start: SLOT.start, status: 'booked' }]],
    'POST /v1/appointments/a/cancel': [[200, { status: 'cancelled' }]],
    ...over,
  }
  return (method, path) => {
    const answers = rules[`${method} ${path}`] ?? [[404, { code: 'NOT_FOUND' }]]
    const [next] = answers.length > 1 ? answers.splice(0, 1) : answers
    return next ?? [500, {}]
  }
}

async function book(scope: Scope, over: Record<string, Answer[]> = {}) {
  return bookAndCancel({ api: createApi(await fake(scope, platform(over))), decisionMs: 3_000 })
}

test('logs in from where the public address cannot be reached', async (t) => {
  const world = await createWorld(t, { ISSUER })
  const { email } = await world.addUser()

  const token = await logIn(new URL(world.url), ISSUER, { email, password: PASSWORD })

  t.is(claimsOf(token).iss, ISSUER)
})

test('books, sees that asking twice books once, and cancels', async (t) => {
  t.like(await book(t), { id: 'a', status: 'booked' })
})

test('waits for a decision that comes later', async (t) => {
  const booked = await book(t, {
    'POST /v1/appointments': [
      [202, { id: 'a' }],
      [201, { id: 'a' }],
    ],
    'GET /v1/booking-requests/a': [
      [200, { decision: 'queued' }],
      [200, { decision: 'booked' }],
    ],
  })
  t.is(booked.id, 'a')
})

test('takes another slot when somebody was quicker', async (t) => {
  const conflict: Answer = [409, { code: 'BOOKING_SLOT_TAKEN' }]
  t.is((await book(t, { 'POST /v1/appointments': [conflict, conflict, [201, { id: 'a' }]] })).id, 'a')
})

test('says what is wrong with a platform that does not work', async (t) => {
  const says = async (over: Record<string, Answer[]>, message: RegExp) =>
    t.throwsAsync(book(t, over), { message })
  await says({ 'GET /v1/slots/next?doctorId=d&serviceId=s': [[200, { slot: null }]] }, /no free slot/)
  await says({ 'POST /v1/appointments': [[503, {}]] }, /answered 503/)
  await says(
    {
      'POST /v1/appointments': [
        [201, { id: 'a' }],
        [201, { id: 'b' }],
      ],
    },
    /second appointment/,
  )
  await says({ 'POST /v1/appointments/a/cancel': [[200, { status: 'booked' }]] }, /could not be cancelled/)
  await says(
    { 'GET /v1/appointments/a': [[200, { start: '2027-01-02T09:00:00Z', status: 'booked' }]] },
    /is at 2027-01-02/,
  )
  await says(
    {
      'POST /v1/appointments': [[202, { id: 'a' }]],
      'GET /v1/booking-requests/a': [[200, { decision: 'failed', reason: 'defect' }]],
    },
    /failed: defect/,
  )
})

test('gives up when nobody decides', async (t) => {
  const over: Record<string, Answer[]> = {
    'POST /v1/appointments': [[202, { id: 'a' }]],
    'GET /v1/booking-requests/a': [[200, { decision: 'queued' }]],
  }
  const api = createApi(await fake(t, platform(over)))
  await t.throwsAsync(bookAndCancel({ api, decisionMs: 50 }), { message: /nobody decided/ })
})

test('refuses an issuer that calls itself something else', async (t) => {
  const api = await fake(t, (_method, path) =>
    path.startsWith('/oidc') ? [200, { issuer: 'http://other/oidc' }] : [200, {}],
  )
  const options = { mode: 'reading', api, issuer: ISSUER, patienceMs: 0 } as const
  await t.throwsAsync(smoke(options), { message: /calls itself http:\/\/other\/oidc/ })
})
