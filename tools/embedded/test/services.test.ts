import { join } from 'node:path'

import { LOCAL_PORTS } from '@medqueue/contracts'
import test from 'ava'

import { layoutOf } from '../src/layout.ts'
import { openSecrets } from '../src/secrets.ts'
import { environmentOf, processSpecs, type World } from '../src/services.ts'
import { scratchFolder } from './helpers/world.ts'

async function world(t: Parameters<typeof scratchFolder>[0]): Promise<World> {
  const database = {
    appUrl: 'postgres://app@127.0.0.1/booking',
    ownerUrl: 'postgres://owner@127.0.0.1/booking',
  }
  return {
    layout: layoutOf(1_000),
    databases: { booking: database },
    secrets: openSecrets(join(await scratchFolder(t), 'secrets.json')),
  }
}

test('moves every port by the offset', async (t) => {
  const { layout } = await world(t)

  t.is(layout.ports.gateway, LOCAL_PORTS.gateway + 1_000)
  t.is(layout.urls.issuer, `http://127.0.0.1:${LOCAL_PORTS.gateway + 1_000}/oidc`)
})

test('runs two booking apis and as many workers as asked for, each on a port of its own', async (t) => {
  const specs = processSpecs(['booking'], await world(t), { dataDir: '/data', workers: 2 })

  t.deepEqual(
    specs.map(({ name }) => name),
    ['booking-api-1', 'booking-api-2', 'booking-worker-1', 'booking-worker-2'],
  )
  t.is(new Set(specs.map(({ env }) => env.PORT)).size, 4)
})

test('a service gets its own database as the role with the fewest rights', async (t) => {
  const env = environmentOf('booking', await world(t), { dataDir: '/data' })

  t.is(env.DATABASE_URL, 'postgres://app@127.0.0.1/booking')
  t.false('MIGRATION_DATABASE_URL' in env)
})

test('secrets of one service are not shown to another', async (t) => {
  const here = await world(t)

  t.true('KEY_ENCRYPTION_KEY' in environmentOf('identity', here, { dataDir: '/data' }))
  t.false('KEY_ENCRYPTION_KEY' in environmentOf('gateway', here, { dataDir: '/data' }))
})

test('the caller may add to the environment of one service or of all', async (t) => {
  const options = { dataDir: '/data', env: { '*': { LOG_LEVEL: 'warn' }, booking: { EXTRA: 'yes' } } }
  const here = await world(t)

  t.like(environmentOf('booking', here, options), { LOG_LEVEL: 'warn', EXTRA: 'yes' })
  t.false('EXTRA' in environmentOf('gateway', here, options))
})
