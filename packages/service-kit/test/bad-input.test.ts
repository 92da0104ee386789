import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'

import test from 'ava'
import { Type } from 'typebox'

import { CommonErrors, defineErrors, ProblemError, type Service } from '../src/index.ts'
import { world } from './helpers/world.ts'

const Errors = defineErrors('EXAMPLE', {
  EXAMPLE_TAKEN: { status: 409, title: 'Taken.', hint: 'Choose another.' },
  EXAMPLE_STUCK: { status: 500, title: 'Stuck.', hint: 'Ask with the id.' },
})
const strict = { additionalProperties: false }
const body = Type.Object(
  {
    count: Type.Integer({ minimum: 1, maximum: 5 }),
    people: Type.Optional(Type.Array(Type.Object({ age: Type.Integer() }, strict), { maxItems: 2 })),
    when: Type.Optional(Type.Union([Type.String({ maxLength: 10 }), Type.Null()])),
  },
  strict,
)
const schema = { body, response: { 200: Type.Object({ count: Type.Integer() }) } }
const config = { permission: 'public' } as const

const routes = (app: Service) => {
  app.post('/things', { config, schema }, (request) => ({ count: request.body.count }))
  const querystring = Type.Object({ limit: Type.Optional(Type.Integer({ maximum: 50 })) }, strict)
  app.get('/things', { config, schema: { querystring } }, (request) => ({ limit: request.query.limit }))
  const params = Type.Object({ id: Type.Integer() })
  app.get('/things/:id', { config, schema: { params } }, (request) => ({ id: request.params.id }))
  app.get('/taken', { config }, () => {
    throw new ProblemError(Errors.EXAMPLE_TAKEN, {
      field: 'start',
      detail: 'At nine.',
      extra: { alternatives: [1] },
    })
  })
  app.get('/stuck', { config }, () => {
    throw new ProblemError(Errors.EXAMPLE_STUCK, { detail: 'row 7 of ana', extra: { requestId: 'r1' } })
  })
  app.get('/bug', { config }, () => {
    throw new Error('row 7 of ana')
  })
  app.get('/odd', { config }, () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    throw 'not an error'
  })
  app.get('/down', { config }, () => {
    throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
  })
}

interface Case {
  payload?: string | object
  type?: string
  status: number
  code: string
  field?: string
}

const posts = test.macro(async (t, { payload, type, status, code, field }: Case) => {
  const { app } = await world(t, routes)
  const headers = type === undefined ? {} : { 'content-type': type }

  const answer = await app.inject({
    method: 'POST',
    url: '/things',
    headers,
    ...(payload === undefined ? {} : { payload }),
  })

  t.is(answer.statusCode, status)
  t.is(answer.headers['content-type'], 'application/problem+json')
  t.like(answer.json(), { status, code, instance: '/things', type: CommonErrors[code as 'NOT_FOUND'].type })
  if (field !== undefined) t.like(answer.json(), { errors: [{ field }] })
})

const JSON_TYPE = 'application/json'
const invalid = { status: 400, code: 'VALIDATION_FAILED' }
const malformed = { status: 400, code: 'MALFORMED_JSON', field: 'body', type: JSON_TYPE }
const unsupported = { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' }

test('an unknown field', posts, { ...invalid, payload: { count: 1, extra: 1 }, field: 'extra' })
test('an unknown field deep down', posts, {
  ...invalid,
  payload: { count: 1, people: [{ age: 1 }, { age: 2, 'a/b': 1 }] },
  field: 'people.1.a/b',
})
test('a number sent as text', posts, { ...invalid, payload: { count: '1' }, field: 'count' })
test('text sent as a number', posts, { ...invalid, payload: { count: 1, when: 3 }, field: 'when' })
test('a number out of bounds', posts, { ...invalid, payload: { count: 6 }, field: 'count' })
test('a list that is too long', posts, {
  ...invalid,
  payload: { count: 1, people: [{ age: 1 }, { age: 1 }, { age: 1 }] },
  field: 'people',
})
test('a missing field', posts, { ...invalid, payload: {}, field: 'count' })
test('a list where an object is wanted', posts, { ...invalid, payload: [], field: 'body' })
test('null', posts, { ...invalid, payload: 'null', type: JSON_TYPE, field: 'body' })
test('a missing body', posts, { ...invalid, field: 'body' })
test('a missing body that is said to be JSON', posts, malformed)
test('broken JSON', posts, { ...malformed, payload: '{"count":' })
test('text in another encoding than UTF-8', posts, {
  ...malformed,
  payload: Buffer.from('{"count":1,"when":"Müller"}', 'latin1'),
})
test('a prototype in the body', posts, { ...malformed, payload: '{"count":1,"__proto__":{"admin":true}}' })
test('a constructor in the body', posts, {
  ...malformed,
  payload: '{"count":1,"constructor":{"prototype":{}}}',
})
test('plain text', posts, { ...unsupported, payload: '{"count":1}', type: 'text/plain' })
test('a form', posts, { ...unsupported, payload: 'count=1', type: 'application/x-www-form-urlencoded' })
test('a content type that is none', posts, { ...unsupported, payload: '{"count":1}', type: 'nonsense' })
test('a body of one megabyte', posts, {
  payload: { count: 1, when: 'x'.repeat(1024 * 1024) },
  status: 413,
  code: 'BODY_TOO_LARGE',
})

interface GetCase {
  url: string
  status: number
  expected: object
}

const gets = test.macro(async (t, { url, status, expected }: GetCase) => {
  const { app } = await world(t, routes)

  const answer = await app.inject(url)

  t.is(answer.statusCode, status)
  t.like(answer.json(), expected)
})

test('queries are coerced', gets, { url: '/things?limit=5', status: 200, expected: { limit: 5 } })
test('a bad query is named', gets, {
  url: '/things?limit=many',
  status: 400,
  expected: { code: 'VALIDATION_FAILED', in: 'querystring', errors: [{ field: 'limit' }] },
})
test('an unknown query is named', gets, {
  url: '/things?limt=5',
  status: 400,
  expected: { errors: [{ field: 'limt', message: 'is not a known field' }] },
})
test('a query given twice is refused', gets, {
  url: '/things?limit=5&limit=6',
  status: 400,
  expected: invalid,
})
test('a bad path parameter is named', gets, {
  url: '/things/one',
  status: 400,
  expected: { in: 'params', errors: [{ field: 'id' }] },
})
test('an endless path parameter', gets, {
  url: `/things/${'1'.repeat(600)}`,
  status: 414,
  expected: { code: 'URI_TOO_LONG' },
})
test('a path that is not encoded well', gets, {
  url: '/things/%zz',
  status: 400,
  expected: { code: 'BAD_REQUEST' },
})
test('an unknown path, told without its query', gets, {
  url: '/nothing?name=ana',
  status: 404,
  expected: { code: 'NOT_FOUND', instance: '/nothing' },
})
test('a coded error with its field and members', gets, {
  url: '/taken',
  status: 409,
  expected: {
    type: 'https://medqueue.dev/problems/example-taken',
    title: 'Taken.',
    detail: 'At nine.',
    code: 'EXAMPLE_TAKEN',
    errors: [{ field: 'start', message: 'At nine.' }],
    alternatives: [1],
  },
})

test('no answer is to be taken for a page by guessing, whatever it holds', async (t) => {
  const { app } = await world(t, routes)

  for (const url of ['/things', '/taken', '/stuck', '/bug', '/nowhere', '/things/%zz', '/livez']) {
    const { headers } = await app.inject(url)
    t.is(headers['x-content-type-options'], 'nosniff', url)
  }
})

test('an unknown method', async (t) => {
  const { app } = await world(t, routes)

  t.is((await app.inject({ method: 'DELETE', url: '/things' })).statusCode, 404)
})

test('a bug is answered with a trace id and nothing else, and logged', async (t) => {
  const { app, logs } = await world(t, routes)

  const answer = await app.inject('/bug')

  const { traceId, ...rest } = answer.json<Record<string, unknown>>()
  t.regex(String(traceId), /^[0-9a-f]{32}$/)
  t.deepEqual(rest, {
    type: 'https://medqueue.dev/problems/internal',
    title: 'Something went wrong on our side.',
    status: 500,
    instance: '/bug',
    code: 'INTERNAL',
  })
  t.like(
    logs.find(({ msg }) => msg === 'request failed'),
    { level: 'error', traceId, err: { text: 'row 7 of ana' } },
  )
})

test('a coded failure keeps the id for the client and hides its detail', async (t) => {
  const { app } = await world(t, routes)

  const answer = await app.inject('/stuck')

  t.like(answer.json(), { status: 500, code: 'EXAMPLE_STUCK', requestId: 'r1' })
  t.false(answer.payload.includes('ana'))
})

test('something thrown that is no error is a 500', async (t) => {
  const { app } = await world(t, routes)

  t.is((await app.inject('/odd')).statusCode, 500)
})

test('a dependency that is down is a 503 to try again, logged once a second at most', async (t) => {
  const { app, logs } = await world(t, routes)

  const start = performance.now()
  const answers = await Promise.all(Array.from({ length: 50 }, async () => app.inject('/down')))
  const seconds = (performance.now() - start) / 1_000

  for (const answer of answers) {
    t.is(answer.statusCode, 503)
    t.is(answer.headers['retry-after'], '2')
    t.like(answer.json(), { code: 'UNAVAILABLE' })
  }
  const logged = logs.filter(({ msg }) => msg === 'requests are answered 503').length
  t.true(logged >= 1 && logged <= 1 + seconds, `${logged} times in ${seconds} s`)
})

const says = test.macro(async (t, bytes: string, status: string) => {
  const { app } = await world(t, routes)
  await app.listen({ host: '127.0.0.1', port: 0 })

  const answer = await exchange((app.server.address() as AddressInfo).port, bytes)

  t.true(answer.startsWith(`HTTP/1.1 ${status}`), answer.slice(0, 80))
  t.true(answer.includes('application/problem+json'))
})

test('what is not HTTP is answered 400', says, 'hello\r\n\r\n', '400')
test(
  'two lengths are answered 400',
  says,
  'POST /things HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
  '400',
)
test(
  'endless headers are answered 431',
  says,
  `GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
  '431',
)

async function exchange(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.end(bytes)
  let answer = ''
  for await (const chunk of socket) answer += String(chunk)
  return answer
}
