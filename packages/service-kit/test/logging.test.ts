import test from 'ava'

import { createLogger } from '../src/index.ts'
import { world } from './helpers/world.ts'

function capture(level = 'info') {
  const lines: string[] = []
  const logger = createLogger(
    { service: 'example', level },
    { write: (line: string) => void lines.push(line) },
  )
  return { logger, lines }
}

test('redacts secrets and personal data at any depth', (t) => {
  const { logger, lines } = capture()
  const person = { name: 'Ana', email: 'ana@example.org', birthDate: '1990-01-01', phone: '+1' }

  logger.info(
    {
      headers: { authorization: 'Bearer abc', cookie: 'sid=abc', 'set-cookie': 'sid=abc' },
      request: { body: { message: 'I am ill' }, patients: [{ patientName: 'Ana', id: 'p1' }, person] },
      password: 'abc',
      refresh_token: 'abc',
    },
    'booked',
  )

  const line = lines.join('')
  t.false(/Ana|example\.org|1990|abc|ill/.test(line))
  t.true(line.includes('"id":"p1"'))
  t.true(line.includes('"msg":"booked"'))
})

test('redacts bindings of child loggers', (t) => {
  const { logger, lines } = capture()

  logger.child({ email: 'ana@example.org', doctorId: 'd1' }).info('seen')

  t.like(JSON.parse(lines.join('')), { email: '[redacted]', doctorId: 'd1' })
})

test('of an error it logs type, text, code, stack and causes, but no values of rows', (t) => {
  const { logger, lines } = capture()
  const database = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (email)=(ana)' })

  logger.error({ err: new Error('not saved', { cause: database }) }, 'failed')

  const { err } = JSON.parse(lines.join('')) as { err: Record<string, unknown> }
  t.like(err, { type: 'Error', text: 'not saved', cause: { text: 'duplicate key', code: '23505' } })
  t.false(lines.join('').includes('ana'))
})

test('an object that contains itself does not stop the log', (t) => {
  const { logger, lines } = capture()
  const loop: Record<string, unknown> = { id: 1 }
  loop.self = loop

  logger.info({ loop }, 'looped')

  t.is(lines.length, 1)
})

const PRIVATE = { method: 'POST', url: '/echo?name=Ana', payload: { message: 'I am ill' } } as const

test('a good request leaves no line at info', async (t) => {
  const { app, logs } = await world(
    t,
    (service) => {
      service.post('/echo', { config: { permission: 'public' } }, () => ({}))
    },
    { config: { SLOW_REQUEST_MS: 60_000 } },
  )

  t.is((await app.inject(PRIVATE)).statusCode, 200)

  t.deepEqual(logs, [])
})

test('at debug a good request leaves a line without query and body', async (t) => {
  const { app, logs } = await world(
    t,
    (service) => {
      service.post('/echo', { config: { permission: 'public' } }, () => ({}))
    },
    { config: { LOG_LEVEL: 'debug' } },
  )

  await app.inject(PRIVATE)

  const [line] = logs.filter(({ msg }) => msg === 'request completed')
  t.like(line, { level: 'debug', method: 'POST', path: '/echo', status: 200 })
  t.false(/Ana|I am ill/.test(JSON.stringify(logs)))
})

test('a refused request leaves a line, and a storm of them a hundred a second', async (t) => {
  const time = { now: 1_800_000_000_000 }
  const { app, logs } = await world(t, undefined, { clock: () => time.now })

  for (let i = 0; i < 250; i++) await app.inject('/v1/nothing?name=Ana')
  time.now += 1_000
  await app.inject({ url: '/livez', method: 'POST' })

  const lines = logs.filter(({ msg }) => msg === 'request completed')
  t.is(lines.length, 101)
  t.like(lines[0], { level: 'info', status: 404, path: '/v1/nothing' })
  t.like(lines.at(-1), { path: '/livez', omitted: 150 })
  t.false(JSON.stringify(logs).includes('Ana'))
})

test('a secret in a path is in no line and no answer', async (t) => {
  const { app, logs } = await world(t)
  const secret = 'Zm9vYmFyLWJhel9mb29iYXItYmF6X2Zvb2Jhci1iYXo'

  const answer = await app.inject(`/v1/calendar/${secret}.ics`)

  t.is(answer.json<{ instance: string }>().instance, '/v1/calendar/***.ics')
  t.false((answer.body + JSON.stringify(logs)).includes(secret))
  t.true(JSON.stringify(logs).includes('/v1/calendar/***.ics'))
})

test('a slow request leaves a line', async (t) => {
  const { app, logs } = await world(
    t,
    (service) => {
      service.get('/slow', { config: { permission: 'public' } }, async () => {
        const end = performance.now() + 5
        while (performance.now() < end) await Promise.resolve()
        return {}
      })
    },
    { config: { SLOW_REQUEST_MS: 1 } },
  )

  await app.inject('/slow')

  t.like(logs[0], { level: 'info', path: '/slow', status: 200, msg: 'request completed' })
})
