import test from 'ava'

import { envFile, readEnv } from '../src/env-file.ts'
import { variableOf } from '../src/secrets.ts'

const EXAMPLE = `# Port.
MEDQUEUE_PORT=8080
MEDQUEUE_TAG=0.1.0
# LOG_LEVEL=info
SECRET_REDIS=
`
const secrets = [{ variable: 'SECRET_REDIS', encoding: 'hex' }] as const
const random = (size: number) => Buffer.alloc(size, 7)
const write = (known: string, images: Record<string, string> = {}) =>
  envFile({ example: EXAMPLE, known: readEnv(known), images, secrets, random })

test('makes the secrets that have no value', (t) => {
  t.is(readEnv(write('')).get('SECRET_REDIS'), '07'.repeat(32))
})

test('keeps what a person has set, also what the example does not know', (t) => {
  const text = write('MEDQUEUE_PORT=9000\nLOG_LEVEL=warn\nSECRET_REDIS=mine\nCOMPOSE_PROFILES=x\n')
  t.deepEqual(Object.fromEntries(readEnv(text)), {
    MEDQUEUE_PORT: '9000',
    MEDQUEUE_TAG: '0.1.0',
    LOG_LEVEL: 'warn',
    SECRET_REDIS: 'mine',
    COMPOSE_PROFILES: 'x',
  })
})

test('names the images of the build, whatever they were', (t) => {
  const text = write('MEDQUEUE_TAG=old\n', { MEDQUEUE_TAG: 'new' })
  t.is(readEnv(text).get('MEDQUEUE_TAG'), 'new')
})

test('written again, it is the same', (t) => {
  const once = write('LOG_LEVEL=warn\n')
  t.is(write(once), once)
})

test('leaves what nobody has set as a comment', (t) => {
  t.true(write('').includes('\n# LOG_LEVEL=info\n'))
})

test('names the variable of a secret after it', (t) => {
  t.is(variableOf('booking.waitingRoom'), 'SECRET_BOOKING_WAITING_ROOM')
  t.is(variableOf('database.identity.app'), 'SECRET_DATABASE_IDENTITY_APP')
})
