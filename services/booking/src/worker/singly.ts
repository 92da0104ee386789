import type pg from 'pg'

import { decideSingle, type ProxyState } from '../store/decide-batch.ts'
import { lockProxy } from '../store/find-proxy.ts'
import { lockPatientService } from '../store/lock-patient-service.ts'
import { type BatchEntry, columnsOfSingles, type Single } from './batch.ts'

/** Requests next to each other that can be decided together, or a single one that cannot. */
export interface Part {
  singles: Single[]
  singly: boolean
}

/**
 * Cuts requests into parts, in order: requests of services that need more than the doctor's time, and those that make
 * use of a hold, are booked over others or asked for by a proxy, stand alone.
 */
export function partsOf(singles: readonly Single[], services: ReadonlySet<string>): Part[] {
  const parts: Part[] = []
  for (const single of singles) {
    const singly = services.has(single.entry.batch.services) || hasExtra(single.entry)
    const last = parts.at(-1)
    if (last === undefined || singly || last.singly) parts.push({ singles: [single], singly })
    else last.singles.push(single)
  }
  return parts
}

/** True when one of the message's requests has something that must be decided by itself. */
export const hasExtra = ({ batch }: BatchEntry): boolean =>
  batch.extras?.some((extra) => (extra?.hold ?? extra?.overbook ?? extra?.proxy) !== undefined) === true

/** What lets a proxy ask stays as it is until the decision is committed: after a revocation nothing is booked. */
async function proxyStateOf(client: pg.ClientBase, { batch }: BatchEntry): Promise<ProxyState> {
  if (batch.extras?.[0]?.proxy === undefined) return null
  const grant = await lockProxy(client, { proxyId: batch.principals, patientId: batch.patients })
  return grant === undefined ? 'ended' : 'current'
}

/** The outcome of a request that met somebody whom its statement could not see: nothing is written. */
export const AGAIN = 'refused,again'

/** A room that is taken in the moment it is chosen leaves others to choose from. */
const TRIES = 20

/**
 * Decides one request alone: again with another choice as long as what it chose is taken at the same moment by a
 * transaction elsewhere. Returns its outcome.
 */
export async function decideOne(client: pg.ClientBase, single: Single, occurredAt: string): Promise<string> {
  const columns = columnsOfSingles([single])
  const { batch } = single.entry
  await lockPatientService(client, batch.patients, batch.services)
  const proxy = await proxyStateOf(client, single.entry)
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const { outcomes } = await decideSingle(client, columns, occurredAt, proxy)
    if (outcomes !== AGAIN) return outcomes
  }
  throw new Error(`no room, device or seat could be had in ${TRIES} tries`)
}
