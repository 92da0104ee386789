import { randomUUID } from 'node:crypto'

import type { ProxySnapshot } from '@medqueue/contracts'
import { withTransaction } from '@medqueue/database'
import type pg from 'pg'

import { projectProxies } from '../../src/projections/proxies.ts'
import type { World } from './world.ts'

const in30Days = () => new Date(Date.now() + 30 * 86_400_000).toISOString()
const yesterday = () => new Date(Date.now() - 86_400_000).toISOString()

/** How a proxy may stand to a patient. */
export const STANDINGS = {
  proxy: {},
  'proxy with notes': { notes: true },
  'revoked proxy': { active: false, notes: true },
  'expired proxy': { expiresAt: yesterday(), notes: true },
} as const satisfies Record<string, Partial<ProxySnapshot>>

/** What the directory says of a proxy. */
export function snapshot(overrides: Partial<ProxySnapshot> = {}): ProxySnapshot {
  const people = { patientId: randomUUID(), proxyId: randomUUID(), relationship: 'parent' as const }
  const terms = { active: true, notes: false, expiresAt: in30Days() }
  return { id: randomUUID(), version: 1, ...people, ...terms, ...overrides }
}

const eventOf = (data: ProxySnapshot) => ({
  id: randomUUID(),
  type: 'directory.proxy.changed',
  source: 'directory',
  subject: data.id,
  version: data.version,
  occurredAt: '2027-01-01T00:00:00Z',
  data,
})

/** The directory says so; what is done `before` it is known to everybody is in the transaction in which it is written. */
export async function tellProxy(
  { pool }: Pick<World, 'pool'>,
  proxy: ProxySnapshot,
  before?: (client: pg.ClientBase) => Promise<void>,
): Promise<ProxySnapshot> {
  await withTransaction(pool, async (client) => {
    await projectProxies(client, eventOf(proxy))
    await before?.(client)
  })
  return proxy
}

/** Lets somebody act for a patient. */
export const letAct = (
  world: Pick<World, 'pool'>,
  { patientId, proxyId }: { patientId: string; proxyId: string },
  more: Partial<ProxySnapshot> = {},
): Promise<ProxySnapshot> => tellProxy(world, snapshot({ patientId, proxyId, ...more }))

/** The patient, or anybody else, ends it. */
export const revoke = (
  world: Pick<World, 'pool'>,
  proxy: ProxySnapshot,
  before?: (client: pg.ClientBase) => Promise<void>,
): Promise<ProxySnapshot> => tellProxy(world, { ...proxy, version: proxy.version + 1, active: false }, before)
