import { createPool } from '@medqueue/database'
import test, { type ExecutionContext } from 'ava'

import { authorizationUrl, createPkce } from '../src/cli/code-flow.ts'
import { CLI_CLIENT } from '../src/oidc/clients.ts'
import { type BrokenLine, createLine } from './helpers/broken-line.ts'
import { CLI_REDIRECT, createWorld, refresh } from './helpers/world.ts'

async function createWorldOnALine(t: ExecutionContext) {
  const lines: BrokenLine[] = []
  const world = await createWorld(t, {}, async (url) => {
    const line = await createLine(t, url)
    lines.push(line)
    const pool = createPool({ url: line.url, max: 5, name: 'test-line' })
    t.teardown(async () => pool.end())
    return pool
  })
  const [line] = lines
  if (line === undefined) throw new Error('no line')
  return { world, line }
}

test('without the database everything answers 503 with Retry-After, and then goes on', async (t) => {
  const { world, line } = await createWorldOnALine(t)
  const person = await world.addUser()
  const tokens = await world.logIn(person)
  const { access_token: token } = tokens
  t.is((await world.api('/v1/me', { token })).status, 200)

  await line.cut()
  const client = { issuer: world.config.ISSUER, clientId: CLI_CLIENT, redirectUri: CLI_REDIRECT }
  const signUp = { email: 'new@example.org', displayName: 'New Person', password: 'five-tall-kites-wait' }
  const answers = {
    me: await world.api('/v1/me', { token }),
    signUp: await world.api('/v1/users', { method: 'POST', body: signUp }),
    authorize: await fetch(authorizationUrl(client, createPkce().challenge, 's'), { redirect: 'manual' }),
    refresh: (await refresh(world.config.ISSUER, tokens.refresh_token ?? '')).response,
    ready: await world.api('/readyz'),
  }
  for (const [what, response] of Object.entries(answers)) {
    t.is(response.status, 503, what)
    t.truthy(response.headers.get('retry-after'), what)
  }
  t.is((await fetch(world.config.JWKS_URL)).status, 200)
  await t.throwsAsync(world.issuer.refresh())

  await line.mend()
  t.is((await world.api('/v1/me', { token })).status, 200)
  t.is((await refresh(world.config.ISSUER, tokens.refresh_token ?? '')).status, 200)
})
