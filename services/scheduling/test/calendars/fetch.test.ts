import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { AddressInfo } from 'node:net'

import test from 'ava'

import { FetchError } from '../../src/calendars/outside/faults.ts'
import { FETCH_LIMITS, type Fetched, fetchCalendar } from '../../src/calendars/outside/fetch-calendar.ts'
import { type OutsideWorld, PUBLIC_INTERNET } from '../../src/calendars/outside/world.ts'
import { startOutside, text } from '../helpers/outside-server.ts'

const nothing = { etag: null, lastModified: null }

async function fetched(url: string, world: OutsideWorld, limits = FETCH_LIMITS): Promise<Fetched> {
  return fetchCalendar(new URL(url), nothing, { world, limits })
}

async function faultOf(url: string, world: OutsideWorld, limits = FETCH_LIMITS): Promise<string> {
  try {
    await fetched(url, world, limits)
    return 'none'
  } catch (error) {
    if (error instanceof FetchError) return error.fault
    throw error
  }
}

test('a calendar is fetched with what tells its next version apart', async (t) => {
  const outside = await startOutside(t)
  outside.answer(text('hello', { etag: '"1"', 'last-modified': 'Mon, 04 Jan 2027 15:00:00 GMT' }))

  t.deepEqual(await fetched(outside.url(), outside.world), {
    kind: 'text',
    text: 'hello',
    etag: '"1"',
    lastModified: 'Mon, 04 Jan 2027 15:00:00 GMT',
  })
})

test('what has not changed since is not sent again', async (t) => {
  const outside = await startOutside(t)
  outside.answer(({ headers }, response) => {
    response
      .writeHead(headers['if-none-match'] === '"1"' && headers['if-modified-since'] === 'then' ? 304 : 500)
      .end()
  })

  const known = { etag: '"1"', lastModified: 'then' }
  t.deepEqual(await fetchCalendar(new URL(outside.url()), known, { world: outside.world }), {
    kind: 'unchanged',
  })
})

test('the Internet of the product ends where private networks begin', async (t) => {
  for (const host of [
    '127.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '169.254.169.254',
    '10.0.0.1',
    '0x7f.1',
    '2130706433',
    'localhost',
  ]) {
    t.is(await faultOf(`https://${host}/x`, PUBLIC_INTERNET), 'address_not_public', host)
  }
})

test('a name with one private address among public ones is not connected to', async (t) => {
  const outside = await startOutside(t)
  const world = { ...outside.world, resolve: async () => ['127.0.0.1', '10.0.0.1'] }

  t.is(await faultOf(outside.url(), world), 'address_not_public')
  t.is(outside.requests.length, 0)
})

test('a name is looked up once, so that a second answer cannot lead elsewhere', async (t) => {
  const outside = await startOutside(t)
  outside.answer(text('hello'))
  const answers = [['127.0.0.1'], ['10.0.0.1']]
  const world = { ...outside.world, resolve: async () => answers.shift() ?? [] }

  t.is((await fetched(outside.url(), world)).kind, 'text')
  t.is(answers.length, 1)
})

test('a redirect to a private address is not followed', async (t) => {
  const outside = await startOutside(t)
  outside.answer(
    (_request, response) => void response.writeHead(302, { location: 'https://10.0.0.1/x' }).end(),
  )
  const world = { ...outside.world, ports: new Set([...outside.world.ports, 443]) }

  t.is(await faultOf(outside.url(), world), 'address_not_public')
})

test('a redirect to a name whose address is private is not followed', async (t) => {
  const outside = await startOutside(t)
  outside.answer(
    (_request, response) => void response.writeHead(302, { location: 'https://inside.example/' }).end(),
  )
  const world = {
    ...outside.world,
    ports: new Set([...outside.world.ports, 443]),
    resolve: async (host: string) => (host === 'localhost' ? ['127.0.0.1'] : ['192.168.0.1']),
  }

  t.is(await faultOf(outside.url(), world), 'address_not_public')
})

test('nothing but https is fetched, be it asked for at once or after a redirect', async (t) => {
  const outside = await startOutside(t)
  const plain = createServer(() => t.fail('somebody connected')).listen(0, '127.0.0.1')
  t.teardown(() => plain.close())
  await new Promise((listening) => plain.once('listening', listening))
  const { port } = plain.address() as AddressInfo
  const location = `http://localhost:${port}/`
  outside.answer((_request, response) => void response.writeHead(301, { location }).end())
  const world = { ...outside.world, ports: new Set([...outside.world.ports, port, 443]) }

  t.is(await faultOf(location, world), 'address_not_https')
  t.is(await faultOf(outside.url(), world), 'address_not_https')
  t.is(await faultOf('ftp://localhost/', world), 'address_not_https')
  t.is(await faultOf('file:///etc/passwd', world), 'address_not_https')
  t.is(await faultOf('https://user:secret@localhost/', world), 'address_not_https')
})

test('a port that is not permitted is not connected to', async (t) => {
  const outside = await startOutside(t)

  t.is(await faultOf(outside.url(), { ...outside.world, ports: new Set([443]) }), 'address_not_https')
  t.is(outside.requests.length, 0)
})

test('redirects are followed a few times, not for ever', async (t) => {
  const outside = await startOutside(t)
  outside.answer(({ url = '' }, response) => {
    const left = Number(url.slice(1))
    if (left === 0) response.end('hello')
    else response.writeHead(307, { location: `/${left - 1}` }).end()
  })

  t.is((await fetched(outside.url('/3'), outside.world)).kind, 'text')
  t.is(await faultOf(outside.url('/4'), outside.world), 'too_many_redirects')
})

test('a text that is too long is given up, whether it says so or not', async (t) => {
  const outside = await startOutside(t)
  const limits = { ...FETCH_LIMITS, bytes: 1_000 }
  outside.answer(text('x'.repeat(1_001)))
  t.is(await faultOf(outside.url(), outside.world, limits), 'too_long')

  outside.answer((_request, response) => {
    response.writeHead(200)
    const write = () => response.write('x'.repeat(100))
    response.on('drain', write)
    while (!response.destroyed && write());
  })
  t.is(await faultOf(outside.url(), outside.world, limits), 'too_long')

  outside.answer(text('x'.repeat(1_000)))
  t.is(await faultOf(outside.url(), outside.world, limits), 'none')
})

test('nothing compressed is unpacked', async (t) => {
  const outside = await startOutside(t)
  outside.answer((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(1_000_000)))
  })

  t.is(await faultOf(outside.url(), outside.world), 'compressed')
})

test('a server that never answers, or never ends, is given up', async (t) => {
  const outside = await startOutside(t)
  const limits = { ...FETCH_LIMITS, time: 300 }
  outside.answer(() => undefined)
  t.is(await faultOf(outside.url(), outside.world, limits), 'timed_out')

  outside.answer((_request, response) => void response.writeHead(200).write('x'))
  t.is(await faultOf(outside.url(), outside.world, limits), 'timed_out')
  const world = { ...outside.world, resolve: async () => new Promise<string[]>(() => undefined) }
  t.is(await faultOf(outside.url(), world, limits), 'timed_out')
})

test('whoever cannot prove to be the host is not believed', async (t) => {
  const outside = await startOutside(t)
  outside.answer(text('hello'))
  const { resolve, permits, ports } = outside.world

  t.is(await faultOf(outside.url(), { resolve, permits, ports }), 'unreachable')
  t.is(outside.requests.length, 0)
})

test('each way of not being there has its name', async (t) => {
  const outside = await startOutside(t)
  const status = (code: number) => {
    outside.answer((_request, response) => void response.writeHead(code).end())
    return faultOf(outside.url(), outside.world)
  }

  t.is(await status(404), 'status_client_error')
  t.is(await status(503), 'status_server_error')
  t.is(await status(204), 'status_unexpected')
  t.is(await status(302), 'status_unexpected')
  t.is(await faultOf(outside.url(), { ...outside.world, resolve: async () => [] }), 'address_unknown')
  const lost = async () => Promise.reject(new Error('ENOTFOUND'))
  t.is(await faultOf(outside.url(), { ...outside.world, resolve: lost }), 'address_unknown')
})

test('no cookie, token or name of a person goes out', async (t) => {
  const outside = await startOutside(t)
  outside.answer(text('hello'))
  await fetched(outside.url(), outside.world)

  const [request] = outside.requests
  t.deepEqual(Object.keys(request?.headers ?? {}).sort(), [
    'accept',
    'accept-encoding',
    'connection',
    'host',
    'user-agent',
  ])
})
