import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { ownerOf } from '@medqueue/contracts'
import test from 'ava'

import { REPOSITORY } from '../src/generated.ts'
import { ingressPaths } from '../src/paths.ts'

const SERVICES = ['booking', 'directory', 'identity', 'realtime', 'scheduling'] as const

async function pathsOf(service: string): Promise<string[]> {
  const text = await readFile(join(REPOSITORY, 'docs/openapi', `${service}.json`), 'utf8')
  return Object.keys((JSON.parse(text) as { paths: object }).paths)
}

for (const service of SERVICES) {
  test(`every path that ${service} serves leads to it`, async (t) => {
    const elsewhere = (await pathsOf(service)).filter((path) => ownerOf(path)?.service !== service)
    t.deepEqual(elsewhere, [])
  })
}

test('what crowds ask for does not pass the gateway', (t) => {
  const direct = (path: string) => ingressPaths().find((one) => path.startsWith(one.path))?.component
  for (const path of [
    '/v1/appointments',
    '/v1/slots',
    '/v1/holds',
    '/v1/waiting-room/tickets',
    '/fhir/R4/Slot',
  ])
    t.is(direct(path), 'booking-api', path)
  for (const path of ['/v1/stream', '/v1/stream/slots', '/v1/stream/tickets'])
    t.is(direct(path), 'realtime', path)
})
