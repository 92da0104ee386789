import { randomUUID } from 'node:crypto'

import test from 'ava'

import { createWorld } from '../helpers/world.ts'

const claims = { sub: randomUUID(), roles: ['patient'] as const }

test('a good token is passed on; what its holder may do is for the service to say', async (t) => {
  const { url, upstreams, issuer } = await createWorld(t)
  const token = issuer.token({ ...claims, roles: [] })

  const answer = await fetch(`${url}/v1/users`, { headers: { authorization: `Bearer ${token}` } })

  t.is(answer.status, 200)
  t.is(upstreams.identity.received[0]?.headers.authorization, `Bearer ${token}`)
})

test('without a token the request is passed on', async (t) => {
  const { url, upstreams } = await createWorld(t)

  t.is((await fetch(`${url}/v1/users`)).status, 200)
  t.is(upstreams.identity.received[0]?.headers.authorization, undefined)
})

for (const [what, make] of Object.entries({
  'an expired token': (issuer: Issuer) => `Bearer ${issuer.token({ ...claims, exp: 1_000_000_000 })}`,
  'an unsigned token': (issuer: Issuer) => `Bearer ${issuer.unsignedToken(claims)}`,
  'a token for another audience': (issuer: Issuer) => `Bearer ${issuer.token({ ...claims, aud: 'other' })}`,
  'a token of another issuer': (issuer: Issuer) =>
    `Bearer ${issuer.token({ ...claims, iss: 'https://evil.example' })}`,
  'another scheme': () => 'Basic eDp5',
  rubbish: () => 'Bearer x.y.z',
})) {
  test(`${what} is refused with 401 and reaches no service`, async (t) => {
    const { url, upstreams, issuer } = await createWorld(t)

    const answer = await fetch(`${url}/v1/users`, { headers: { authorization: make(issuer) } })

    t.is(answer.status, 401)
    t.is(((await answer.json()) as { code: string }).code, 'UNAUTHENTICATED')
    t.is(upstreams.identity.received.length, 0)
  })
}

type Issuer = Awaited<ReturnType<typeof createWorld>>['issuer']

for (const authorization of ['Basic Y2xpZW50OnNlY3JldA==', 'Bearer opaque-token-of-the-protocol']) {
  test(`credentials of the log-in protocol are passed on untouched: ${authorization.split(' ')[0]}`, async (t) => {
    const { url, upstreams } = await createWorld(t)

    const answer = await fetch(`${url}/oidc/token`, { method: 'POST', headers: { authorization } })

    t.is(answer.status, 200)
    t.is(upstreams.identity.received[0]?.headers.authorization, authorization)
  })
}

test('keys rotate under load without one refusal', async (t) => {
  const { url, issuer } = await createWorld(t)
  const statuses = new Map<number, number>()
  const ask = async () => {
    const token = issuer.token({ sub: randomUUID(), roles: ['patient'] })
    const { status } = await fetch(`${url}/v1/users`, { headers: { authorization: `Bearer ${token}` } })
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }

  for (let round = 0; round < 3; round++) {
    issuer.rotateKey()
    await Promise.all(Array.from({ length: 40 }, ask))
  }

  t.deepEqual([...statuses], [[200, 120]])
})
