import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'

import { type Scope } from '@medqueue/testing'
import test from 'ava'

import { claimsOf, createWorld, freePort } from './helpers/world.ts'

/** A reverse proxy that says nothing of where a request came from. */
async function startProxy(scope: Scope, port: number, upstream: string): Promise<void> {
  const { hostname, port: target } = new URL(upstream)
  const server = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers, host: `${hostname}:${target}` }
    const options = { hostname, port: target, path: incoming.url, method: incoming.method, headers }
    const onward = httpRequest(options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  scope.teardown(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
}

test('behind a proxy every link and every token carries the public address', async (t) => {
  const port = await freePort()
  const publicUrl = `http://127.0.0.1:${port}`
  const world = await createWorld(t, { ISSUER: `${publicUrl}/oidc` })
  await startProxy(t, port, world.url)

  const discovery = (await (
    await fetch(`${publicUrl}/oidc/.well-known/openid-configuration`)
  ).json()) as Record<string, unknown>
  const links = Object.entries(discovery).filter(([name]) => /_(endpoint|uri)$/.test(name))
  t.true(links.length >= 4)
  for (const [name, link] of links) t.true(String(link).startsWith(`${publicUrl}/oidc/`), name)

  const { access_token: token } = await world.logIn(await world.addUser())
  t.is(claimsOf(token).iss, `${publicUrl}/oidc`)
  t.is((await world.api('/v1/me', { token })).status, 200)
})

test('with a public address over TLS the cookies are for TLS only', async (t) => {
  const world = await createWorld(t, { ISSUER: 'https://clinic.example/oidc' })
  const url = new URL(`${world.url}/oidc/auth`)
  url.search = new URLSearchParams({
    client_id: 'medqueue-web',
    redirect_uri: 'https://app.example/callback',
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'A'.repeat(43),
    code_challenge_method: 'S256',
  }).toString()
  const response = await fetch(url, { redirect: 'manual' })
  const cookies = response.headers.getSetCookie()
  t.true(cookies.some((cookie) => cookie.startsWith('__Secure-interaction=')))
  for (const cookie of cookies) t.regex(cookie, /; secure/i)
})
