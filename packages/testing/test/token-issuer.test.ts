import { randomUUID } from 'node:crypto'
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto'

import test from 'ava'

import { createTokenIssuer, type TokenIssuer } from '../src/index.ts'

async function keySet({ jwksUrl }: TokenIssuer): Promise<(JsonWebKey & { kid: string })[]> {
  const answer = await fetch(jwksUrl)
  return ((await answer.json()) as { keys: (JsonWebKey & { kid: string })[] }).keys
}

function decode(part: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8')) as Record<string, unknown>
}

async function isValid(issuer: TokenIssuer, token: string): Promise<boolean> {
  const [header, payload, signature] = token.split('.')
  const key = (await keySet(issuer)).find(({ kid }) => kid === decode(header).kid)
  if (key === undefined) return false
  return verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    { key: createPublicKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature ?? '', 'base64url'),
  )
}

test('signs tokens that the served key set verifies', async (t) => {
  const issuer = await createTokenIssuer(t)
  const sub = randomUUID()

  const token = issuer.token({ sub, roles: ['patient'] })

  t.true(await isValid(issuer, token))
  t.like(decode(token.split('.')[1]), { iss: issuer.issuer, aud: 'medqueue', sub, roles: ['patient'] })
})

test('overrides a claim, and leaves one out that is undefined', async (t) => {
  const issuer = await createTokenIssuer(t)

  const token = issuer.token({ sub: randomUUID(), roles: ['doctor'], aud: 'elsewhere', exp: undefined })

  const claims = decode(token.split('.')[1])
  t.is(claims.aud, 'elsewhere')
  t.false('exp' in claims)
})

test('an unsigned token says so and carries no signature', async (t) => {
  const issuer = await createTokenIssuer(t)

  const [header, , signature] = issuer.unsignedToken({ sub: randomUUID(), roles: ['admin'] }).split('.')

  t.is(decode(header).alg, 'none')
  t.is(signature, '')
})

test('keeps the old key on rotation, unless it is to be forgotten', async (t) => {
  const issuer = await createTokenIssuer(t)
  const old = issuer.token({ sub: randomUUID(), roles: ['patient'] })

  issuer.rotateKey()
  t.true(await isValid(issuer, old))

  issuer.rotateKey({ forgetOld: true })
  t.false(await isValid(issuer, old))
  t.true(await isValid(issuer, issuer.token({ sub: randomUUID(), roles: ['patient'] })))
})
