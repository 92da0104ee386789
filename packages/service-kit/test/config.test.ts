import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import test, { type ExecutionContext } from 'ava'
import { Type } from 'typebox'

import {
  BrokerConfig,
  HttpConfig,
  loadConfig,
  ProblemError,
  RedisConfig,
  secretUrl,
  TokenConfig,
} from '../src/index.ts'

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

async function secretFile(t: ExecutionContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'medqueue-secret-'))
  t.teardown(async () => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'url'), text)
  return join(folder, 'url')
}

test('a secret may be in a file, which wins over the variable', async (t) => {
  const file = await secretFile(t, 'redis://:a@host:6379\n')

  const config = loadConfig(RedisConfig, { REDIS_URL: 'redis://other', REDIS_URL_FILE: file })

  t.deepEqual(config, { REDIS_URL: 'redis://:a@host:6379', REDIS_URL_FILE: file })
})

test('a secret file that is not there, or holds something else, is a fault of its variable', async (t) => {
  for (const file of ['/none/at/all', await secretFile(t, 'hunter2')]) {
    const error = t.throws(() => loadConfig(RedisConfig, { REDIS_URL_FILE: file }), {
      code: 'CONFIG_INVALID',
    })
    t.true(error.message.includes('REDIS_URL '), error.message)
    t.false(error.message.includes('hunter2'))
  }
})

test('a secret file that is not there is a fault, though the variable need not be set', async (t) => {
  for (const file of ['/none/at/all', await secretFile(t, '\n')]) {
    t.throws(() => loadConfig(Type.Partial(RedisConfig), { REDIS_URL_FILE: file }), {
      message: /REDIS_URL_FILE names a file that cannot be read or is empty/,
    })
  }
})

test('a variable without a file of its own in the schema is read from none', async (t) => {
  const file = await secretFile(t, 'http://a.example')

  t.throws(() => loadConfig(Example, { URL_FILE: file }), { message: /URL is not set/ })
})

test('a secret URL is what its file holds by now, and the last one known while that is none', async (t) => {
  const file = await secretFile(t, 'redis://:second@host')
  const url = secretUrl('redis://:first@host', file)

  t.is(url(), 'redis://:second@host')
  await writeFile(file, '')
  t.is(url(), 'redis://:second@host')
  await writeFile(file, 'redis://:50%off@host')
  t.is(url(), 'redis://:second@host', 'what cannot be decoded is no URL to connect with')
  await rm(file)
  t.is(url(), 'redis://:second@host')
  await writeFile(file, 'redis://:third@host\n')
  t.is(url(), 'redis://:third@host')
})

test('a secret URL without a file is the one given', (t) => {
  t.is(secretUrl('redis://:first@host', undefined)(), 'redis://:first@host')
})
