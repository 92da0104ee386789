import test from 'ava'

import { json } from '../helpers/upstream.ts'
import { createWorld } from '../helpers/world.ts'

const TRUSTED = 'https://clinic.example'
const env = { TRUSTED_ORIGINS: `${TRUSTED}, http://localhost:3000` }
const preflight = (origin: string) => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'idempotency-key',
  },
})

test('a page of a trusted origin may ask and read', async (t) => {
  const { url, upstreams } = await createWorld(t, { env })

  const allowed = await fetch(`${url}/v1/appointments`, preflight(TRUSTED))
  const answer = await fetch(`${url}/v1/doctors`, { headers: { origin: TRUSTED } })
  const problem = await fetch(`${url}/v1/nothing`, { headers: { origin: TRUSTED } })

  t.is(allowed.status, 204)
  t.is(allowed.headers.get('access-control-allow-origin'), TRUSTED)
  t.regex(allowed.headers.get('access-control-allow-methods') ?? '', /POST/)
  t.regex(allowed.headers.get('access-control-allow-headers') ?? '', /idempotency-key/)
  t.is(upstreams.booking.received.length, 0)
  for (const { headers } of [answer, problem]) {
    t.is(headers.get('access-control-allow-origin'), TRUSTED)
    t.is(headers.get('vary'), 'Origin')
    t.is(headers.get('access-control-allow-credentials'), null)
  }
})

test('what the service says its answer depends on stays said', async (t) => {
  const { url, upstreams } = await createWorld(t, { env })
  upstreams.directory.answer((_request, response) => json(response, 200, {}, { vary: 'authorization' }))

  const { headers } = await fetch(`${url}/v1/doctors`, { headers: { origin: TRUSTED } })

  t.is(headers.get('vary'), 'Origin, authorization')
})

for (const [what, settings, origin] of [
  ['of another origin', env, 'https://evil.example'],
  ['of an origin that only ends alike', env, `${TRUSTED}.evil.example`],
  ['of any origin, by default', {}, TRUSTED],
] as const) {
  test(`a page ${what} is not helped`, async (t) => {
    const { url } = await createWorld(t, { env: settings })

    const asked = await fetch(`${url}/v1/appointments`, preflight(origin))
    const answer = await fetch(`${url}/v1/doctors`, { headers: { origin } })

    t.is(asked.status, 404)
    for (const { headers } of [asked, answer]) t.is(headers.get('access-control-allow-origin'), null)
  })
}
