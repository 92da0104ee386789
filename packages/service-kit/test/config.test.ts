import test from 'ava'
import { Type } from 'typebox'

import { BrokerConfig, HttpConfig, loadConfig, ProblemError, TokenConfig } from '../src/index.ts'

const Example = Type.Object({
  URL: Type.String({ pattern: '^https?://' }),
  COUNT: Type.Integer({ default: 3, minimum: 1 }),
  SHARE: Type.Number({ default: 0.5 }),
  STRICT: Type.Boolean({ default: true }),
  ORIGINS: Type.Array(Type.String(), { default: [] }),
  NOTE: Type.Optional(Type.String()),
})

const faults = test.macro((t, env: NodeJS.ProcessEnv, fields: string[]) => {
  const error = t.throws(() => loadConfig(Example, env), { instanceOf: ProblemError, code: 'CONFIG_INVALID' })
  const errors = (error.extra?.errors ?? []) as { field: string }[]
  t.deepEqual(
    errors.map(({ field }) => field),
    fields,
  )
  for (const field of fields) t.true(error.message.includes(field))
})

test('coerces text to the type of each variable', (t) => {
  const config = loadConfig(Example, {
    URL: 'https://a.example',
    COUNT: '7',
    SHARE: '0.25',
    STRICT: 'false',
    ORIGINS: 'https://a.example, https://b.example',
  })

  t.deepEqual(config, {
    URL: 'https://a.example',
    COUNT: 7,
    SHARE: 0.25,
    STRICT: false,
    ORIGINS: ['https://a.example', 'https://b.example'],
  })
})

test('takes defaults for variables that are unset or empty, and nothing it was not asked for', (t) => {
  const config = loadConfig(Example, { URL: 'http://a.example', COUNT: '', HOME: '/root' })

  t.deepEqual(config, { URL: 'http://a.example', COUNT: 3, SHARE: 0.5, STRICT: true, ORIGINS: [] })
})

test('is frozen', (t) => {
  const config = loadConfig(Example, { URL: 'http://a.example' })

  t.throws(() => Object.assign(config, { COUNT: 9 }), { instanceOf: TypeError })
})

test('names a missing variable', faults, {}, ['URL'])
test('names every bad variable at once', faults, { URL: 'x', COUNT: 'many', STRICT: 'maybe' }, [
  'URL',
  'COUNT',
  'STRICT',
])
test('refuses a number out of bounds', faults, { URL: 'http://a.example', COUNT: '0' }, ['COUNT'])
test('refuses a fraction where a whole number is wanted', faults, { URL: 'http://a.example', COUNT: '1.5' }, [
  'COUNT',
])

test('never repeats a bad value, which may be a secret', (t) => {
  const error = t.throws(() => loadConfig(BrokerConfig, { NATS_URL: 'hunter2', NATS_MONITOR_URL: 'hunter3' }))

  t.false(`${error.message} ${JSON.stringify(error)}`.includes('hunter'))
})

test('composes the shared parts into one schema', (t) => {
  const schema = Type.Object({ ...HttpConfig.properties, ...TokenConfig.properties })
  const config = loadConfig(schema, {
    ISSUER: 'https://id.example',
    JWKS_URL: 'https://id.example/jwks',
    LOG_LEVEL: 'warn',
  })

  t.like(config, { HOST: '127.0.0.1', PORT: 8080, LOG_LEVEL: 'warn', TOKEN_AUDIENCE: 'medqueue' })
})

test('refuses a log level that does not exist', (t) => {
  t.throws(() => loadConfig(HttpConfig, { LOG_LEVEL: 'chatty' }), { message: /LOG_LEVEL/ })
})
