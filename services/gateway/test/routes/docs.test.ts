import test from 'ava'

import { createWorld, until } from '../helpers/world.ts'

const operation = (summary: string) => ({ summary, responses: { 200: { description: 'ok' } } })

test('the documents of all services are served as one', async (t) => {
  const { url } = await createWorld(t, {
    openapi: {
      directory: { paths: { '/v1/doctors': { get: operation('doctors') } } },
      booking: {
        paths: { '/v1/slots': { get: operation('slots') }, '/v1/users': { get: operation('not its own') } },
      },
    },
  })
  const read = async () =>
    (await (await fetch(`${url}/openapi.json`)).json()) as { openapi: string; paths: object }
  await until(async () => Object.keys((await read()).paths).length === 2)

  const document = await read()

  t.is(document.openapi, '3.1.0')
  t.deepEqual(document.paths, {
    '/v1/doctors': { get: { ...operation('doctors'), tags: ['directory'] } },
    '/v1/slots': { get: { ...operation('slots'), tags: ['booking'] } },
  })
})

test('a service that is down stays documented, and one that comes up later is taken in', async (t) => {
  const { url, upstreams } = await createWorld(t, {
    env: { OPENAPI_REFRESH_MS: '100', BREAKER_HALF_OPEN_AFTER_MS: '50', PROBE_INTERVAL_MS: '30' },
    openapi: {
      directory: { paths: { '/v1/doctors': { get: operation('doctors') } } },
      booking: { paths: { '/v1/slots': { get: operation('slots') } } },
    },
  })
  const paths = async () => {
    return Object.keys(
      ((await (await fetch(`${url}/openapi.json`)).json()) as { paths: object }).paths,
    ).sort()
  }
  await until(async () => (await paths()).length === 2)
  await upstreams.booking.kill()
  await until(async () => (await fetch(`${url}/v1/slots`)).status === 503)

  t.deepEqual(await paths(), ['/v1/doctors', '/v1/slots'])
})

test('the documentation page needs nothing from elsewhere', async (t) => {
  const { url } = await createWorld(t)
  const page = await fetch(`${url}/docs`)
  const html = await page.text()
  const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => String(link))
  const statuses = await Promise.all(
    links.map(async (link) => (await fetch(new URL(link, `${url}/docs`))).status),
  )

  t.is(page.status, 200)
  t.true(links.length >= 4)
  t.true(
    links.every((link) => link.startsWith('/docs/')),
    links.join(' '),
  )
  t.true(statuses.every((status) => status === 200))
  t.regex(page.headers.get('content-security-policy') ?? '', /default-src 'self'/)
  t.notRegex(page.headers.get('content-security-policy') ?? '', /https?:/)
})

test('the page at the root says what this is and links to what is there', async (t) => {
  const { url } = await createWorld(t)
  const page = await fetch(url)
  const html = await page.text()
  const links = [...html.matchAll(/href="([^"]+)"/g)].map(([, link]) => String(link))
  const statuses = await Promise.all(links.map(async (link) => (await fetch(`${url}${link}`)).status))

  t.regex(html, /appointment platform/)
  t.regex(page.headers.get('content-type') ?? '', /^text\/html/)
  t.regex(page.headers.get('content-security-policy') ?? '', /default-src 'none'/)
  t.true(links.includes('/docs') && links.includes('/readyz'))
  t.true(statuses.every((status) => status === 200))
})
