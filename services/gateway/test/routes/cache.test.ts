import test from 'ava'

import { json } from '../helpers/upstream.ts'
import { createWorld } from '../helpers/world.ts'

test('an entity tag is passed on, and so is the answer that nothing has changed', async (t) => {
  const { url, upstreams } = await createWorld(t)
  upstreams.directory.answer((request, response) => {
    if (request.headers['if-none-match'] === '"7"') response.writeHead(304, { etag: '"7"' }).end()
    else json(response, 200, { version: 7 }, { etag: '"7"', 'cache-control': 'private, no-cache' })
  })

  const full = await fetch(`${url}/v1/doctors/1`)
  const unchanged = await fetch(`${url}/v1/doctors/1`, { headers: { 'if-none-match': '"7"' } })
  const other = await fetch(`${url}/v1/doctors/1`, { headers: { 'if-none-match': '"6"' } })

  t.is(full.headers.get('etag'), '"7"')
  t.deepEqual([full.status, unchanged.status, other.status], [200, 304, 200])
  t.is(await unchanged.text(), '')
})

test('what anybody may keep is asked for once while it is fresh', async (t) => {
  const { url, upstreams } = await createWorld(t)
  upstreams.directory.answer((_request, response) => {
    json(
      response,
      200,
      { count: upstreams.directory.received.length },
      { 'cache-control': 'public, max-age=60' },
    )
  })

  const first = await (await fetch(`${url}/v1/specialties`)).json()
  const second = await fetch(`${url}/v1/specialties`)

  t.deepEqual(await second.json(), first)
  t.truthy(second.headers.get('age'))
  t.is(upstreams.directory.received.length, 1)
})

test('what differs by caller is kept for each caller apart', async (t) => {
  const { url, upstreams, issuer } = await createWorld(t)
  upstreams.directory.answer((request, response) => {
    const headers = { 'cache-control': 'public, max-age=60', vary: 'authorization' }
    json(response, 200, { for: request.headers.authorization ?? 'everybody' }, headers)
  })
  const [one, two] = [1, 2].map((sub) => `Bearer ${issuer.token({ sub: String(sub), roles: ['admin'] })}`)
  const read = async (authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization }
    return ((await (await fetch(`${url}/v1/doctors`, { headers })).json()) as { for: string }).for
  }

  for (const caller of [one, two, undefined, one, two, undefined])
    t.is(await read(caller), caller ?? 'everybody')

  t.is(upstreams.directory.received.length, 3)
})

for (const [what, headers, authorization] of [
  ['private', { 'cache-control': 'private, max-age=60' }, undefined],
  ['not to be stored', { 'cache-control': 'no-store' }, undefined],
  ['without a word on it', {}, undefined],
  ['for one caller', { 'cache-control': 'max-age=60' }, 'Bearer'],
] as const) {
  test(`an answer that is ${what} is asked for each time`, async (t) => {
    const { url, upstreams, issuer } = await createWorld(t)
    upstreams.directory.answer((_request, response) => json(response, 200, {}, headers))
    const token = issuer.token({ sub: 'a', roles: ['patient'] })
    const init =
      authorization === undefined ? {} : { headers: { authorization: `${authorization} ${token}` } }

    for (let i = 0; i < 3; i++) await fetch(`${url}/v1/doctors`, init)

    t.is(upstreams.directory.received.length, 3)
  })
}
