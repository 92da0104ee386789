import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'

import { demoDoctors } from '@medqueue/demo-data'
import test from 'ava'

import type { Platform } from '../src/index.ts'
import { ROOT, serviceFolder } from '../src/services.ts'
import { run } from './helpers/run.ts'
import { platform } from './helpers/world.ts'

interface Slot {
  doctorId: string
  serviceId: string
  start: string
}

const DAY_MS = 24 * 3_600_000

/** An access token, got as a browser gets it. */
async function logIn({ urls }: Platform, email: string): Promise<string> {
  const program = join(serviceFolder('identity'), 'src/login.ts')
  const printed = await run(process.execPath, [program, email], { cwd: ROOT, env: { ISSUER: urls.issuer } })
  return printed.trim()
}

/** So many days from now, in whole seconds. */
function instantIn(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().replace(/\.\d+Z$/, 'Z')
}

async function firstSlot({ urls }: Platform): Promise<Slot> {
  const [doctor] = demoDoctors()
  const [from = '', to = ''] = [1, 14].map((days) => instantIn(days))
  const query = new URLSearchParams({
    doctorId: doctor?.id ?? '',
    serviceId: doctor?.serviceIds[0] ?? '',
    from,
    to,
    limit: '1',
  })
  const answer = await fetch(`${urls.gateway}/v1/slots?${query.toString()}`)
  if (!answer.ok) throw new Error(`the search answers ${answer.status} ${await answer.text()}`)
  const { slots } = (await answer.json()) as { slots: Slot[] }
  const [slot] = slots
  if (slot === undefined) throw new Error('the demonstration has no free slot')
  return slot
}

async function book({ urls }: Platform, token: string, slot: Slot): Promise<Response> {
  const { doctorId, serviceId, start } = slot
  return fetch(`${urls.gateway}/v1/appointments`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify({ doctorId, serviceId, start }),
  })
}

// One platform for all steps: starting it is what takes the time.
test('a newcomer logs in and books a slot, once; docs/openapi tells of each service; a killed worker comes back', async (t) => {
  t.timeout(240_000)
  const services = ['identity', 'directory', 'scheduling', 'booking', 'realtime', 'gateway'] as const
  const here = await platform(t, { services: [...services] })
  const token = await logIn(here, 'patient@demo.medqueue.dev')
  const slot = await firstSlot(here)

  t.is((await book(here, token, slot)).status, 201)

  const again = await book(here, token, slot)
  t.is(again.status, 409)
  t.like(await again.json(), { status: 409 })

  const { identity, directory, scheduling, realtime, booking } = here.urls
  const urls = { identity, directory, scheduling, realtime, booking: booking[0] ?? '' }
  for (const [name, url] of Object.entries(urls)) {
    const told: unknown = await (await fetch(`${url}/openapi.json`)).json()
    const written = await readFile(join(ROOT, `docs/openapi/${name}.json`), 'utf8')
    t.true(isDeepStrictEqual(told, JSON.parse(written)), `docs/openapi/${name}.json is stale: make generate`)
  }

  const worker = here.process('booking-worker-1')
  const killed = worker.pid()
  worker.kill('SIGKILL')
  const next = await firstSlot(here)
  const afterwards = await book(here, token, next)

  t.true([201, 202].includes(afterwards.status), `${afterwards.status}`)
  await here.ready('booking-worker-1')
  t.not(worker.pid(), killed)
})
