import { createPool } from '@medqueue/database'
import { createTokenIssuer } from '@medqueue/testing'
import test from 'ava'

import { buildApp } from '../src/app.ts'
import type { SchedulingConfig } from '../src/config.ts'
import { createWorld, silent } from './helpers/world.ts'

test('without its database the service answers 503 and says when to come back', async (t) => {
  const world = await createWorld(t)
  const issuer = await createTokenIssuer(t)
  const config = {
    HOST: '127.0.0.1',
    PORT: 0,
    LOG_LEVEL: 'silent',
    ISSUER: issuer.issuer,
    JWKS_URL: issuer.jwksUrl,
    TOKEN_AUDIENCE: issuer.audience,
  } as SchedulingConfig
  // Nobody listens on port 1.
  const pool = createPool({ url: 'postgres://nobody@127.0.0.1:1/nowhere', max: 1, name: 'nowhere' })
  const app = await buildApp(config, { core: { ...world.core, pool }, logger: silent })
  t.teardown(async () => app.close())
  const id = '00000000-0000-4000-8000-000000000001'
  const range = 'from=2027-01-01T00:00:00Z&to=2027-01-02T00:00:00Z'

  for (const url of [`/v1/windows?doctorId=${id}&${range}`, '/readyz']) {
    const answer = await app.inject({ url })
    t.is(answer.statusCode, 503, url)
    t.truthy(answer.headers['retry-after'])
    t.is(answer.headers['content-type'], 'application/problem+json')
  }
  const authorization = `Bearer ${issuer.token({ sub: id, roles: ['admin'] })}`
  const payload = { doctorId: id, kind: 'closed', date: '2027-01-05', reason: 'Away' }
  const written = await app.inject({
    method: 'POST',
    url: '/v1/rota-exceptions',
    headers: { authorization },
    payload,
  })
  t.is(written.statusCode, 503)
})
