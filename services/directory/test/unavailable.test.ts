import { randomUUID } from 'node:crypto'

import { createPool } from '@medqueue/database'
import { createTokenIssuer } from '@medqueue/testing'
import test from 'ava'

import { buildApp } from '../src/app.ts'
import { silent } from './helpers/world.ts'

test('without its database the directory answers 503 and when to come back', async (t) => {
  // A port where nobody listens.
  const pool = createPool({ url: 'postgres://nobody@127.0.0.1:1/none', max: 1, name: 'test' })
  t.teardown(async () => pool.end())
  const issuer = await createTokenIssuer(t)
  const app = await buildApp(
    {
      HOST: '127.0.0.1',
      PORT: 0,
      LOG_LEVEL: 'silent',
      ISSUER: issuer.issuer,
      JWKS_URL: issuer.jwksUrl,
      TOKEN_AUDIENCE: issuer.audience,
    },
    { pool, newId: randomUUID, now: () => new Date(), logger: silent },
  )
  t.teardown(async () => app.close())
  const authorization = `Bearer ${issuer.token({ sub: randomUUID(), roles: ['admin'] })}`

  const read = await app.inject({ url: '/v1/doctors' })
  t.is(read.statusCode, 503)
  t.is(typeof read.headers['retry-after'], 'string')
  t.is(read.json<{ code: string }>().code, 'UNAVAILABLE')

  const payload = { name: 'Cardiology' }
  const write = await app.inject({
    method: 'POST',
    url: '/v1/specialties',
    headers: { authorization },
    payload,
  })
  t.is(write.statusCode, 503)
})
