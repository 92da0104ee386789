import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { cleanUp } from '../src/events/cleanup.ts'
import { createWorld, refresh, type World } from './helpers/world.ts'

const HOUR = 3_600_000
const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope)
})

const models = async () => {
  const { rows } = await world.pool.query<{ model: string }>(
    'SELECT DISTINCT model FROM oidc_payload ORDER BY 1',
  )
  return rows.map(({ model }) => model)
}

test.serial('cleaning up deletes what has expired and leaves log-ins alone', async (t) => {
  const tokens = await world.logIn(await world.addUser())
  t.true((await models()).includes('AuthorizationCode'))
  const later = () => new Date(Date.now() + HOUR)
  t.true((await cleanUp({ pool: world.pool, now: later })) > 0)
  t.deepEqual(await models(), ['Grant', 'RefreshToken', 'Session'])
  t.is((await refresh(world.config.ISSUER, tokens.refresh_token ?? '')).status, 200)
  t.is(await cleanUp({ pool: world.pool, now: later }), 0)
})

test.serial('log-ins and sign-ups are counted for operators', async (t) => {
  await world.logIn(await world.addUser())
  const text = await (await world.api('/metrics')).text()
  t.regex(text, /identity_log_ins_total\{outcome="in",service="identity"\} \d/)
})
