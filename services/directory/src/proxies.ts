import { ProblemError } from '@medqueue/service-kit'
import type pg from 'pg'

import { type ChangeContext, commitChange, notFound, orTaken } from './change.ts'
import type { Expected } from './domain/etag.ts'
import { proxyFact } from './domain/events.ts'
import { expiryOf } from './domain/proxy-terms.ts'
import { DirectoryErrors } from './errors.ts'
import { MOST_PATIENTS, MOST_PROXIES, type ProxyRecord, type ProxyTerms } from './schemas/proxy.ts'
import { countProxies, type ProxyCounts } from './store/count-proxies.ts'
import { isPerson } from './store/find-person.ts'
import { findProxy } from './store/find-proxy.ts'
import { findRow } from './store/find-row.ts'
import { insertProxy } from './store/insert-proxy.ts'
import { lockPeople } from './store/lock-people.ts'
import { PATIENTS } from './store/tables.ts'
import { updateProxy } from './store/update-proxy.ts'

/** Who asks: it is kept with the change. */
interface Acting {
  callerId: string
}

/** The patient says what they want; whoever says it for them says why they may. Throws DIRECTORY_FIELD_INVALID. */
function assertReason({ patientId, callerId }: Acting & { patientId: string }, { reason }: ProxyTerms): void {
  if (callerId !== patientId && reason === undefined)
    throw invalid('reason', 'must say what was seen that allows it')
}

interface Grant extends Acting {
  id?: string | undefined
  patientId: string
  proxyId: string
  terms: ProxyTerms
}

/**
 * Lets somebody act for a patient. Whether the caller may say so is for the route to know. Throws DIRECTORY_NOT_FOUND,
 * DIRECTORY_FIELD_INVALID, DIRECTORY_REFERENCE_INVALID, DIRECTORY_ID_TAKEN, DIRECTORY_PROXY_EXISTS or
 * DIRECTORY_PROXIES_FULL.
 */
export async function grantProxy(context: ChangeContext, grant: Grant): Promise<ProxyRecord> {
  const { id = context.newId(), patientId, proxyId, terms, callerId } = grant
  assertReason(grant, terms)
  const expiresAt = expiryIn(terms, context.now())
  if (proxyId === patientId) throw invalid('proxyId', 'must be somebody else')
  const work = async (client: pg.PoolClient) => {
    await lockPeople(client, [patientId, proxyId])
    if ((await findRow(client, PATIENTS, patientId)) === undefined) throw notFound()
    await assertPerson(client, proxyId)
    const row = { id, patientId, proxyId, ...terms, expiresAt, changedBy: callerId, changedAt: context.now() }
    // What was sent before under this id is told first: it explains the other two.
    if ((await findProxy(client, row)) === undefined) {
      const counts = await countProxies(client, { patientId, proxyId, at: context.now() })
      if (counts.both) throw new ProblemError(DirectoryErrors.DIRECTORY_PROXY_EXISTS, { field: 'proxyId' })
      assertRoom(counts)
    }
    return orTaken(await insertProxy(client, row))
  }
  return commitChange(context, work, proxyFact)
}

interface Change extends Acting {
  id: string
  patientId: string
  expected: Expected
}

/**
 * Gives a proxy other terms. Throws DIRECTORY_NOT_FOUND, DIRECTORY_STALE, DIRECTORY_FIELD_INVALID,
 * DIRECTORY_PROXY_REVOKED, or DIRECTORY_PROXIES_FULL when their time was over and others have come since.
 */
export async function changeProxy(
  context: ChangeContext,
  change: Change & { terms: ProxyTerms },
): Promise<ProxyRecord> {
  assertReason(change, change.terms)
  const terms = { ...change.terms, expiresAt: expiryIn(change.terms, context.now()) }
  const work = async (client: pg.PoolClient) => {
    const before = await lockExpected(client, change)
    const changedAt = context.now()
    // Those whose time is over take no place.
    if (before.active && new Date(before.expiresAt) <= changedAt)
      assertRoom(await countProxies(client, { ...before, at: changedAt }))
    const update = { id: change.id, terms, changedBy: change.callerId, changedAt }
    const row = await updateProxy(client, update)
    if (row === undefined) throw new ProblemError(DirectoryErrors.DIRECTORY_PROXY_REVOKED)
    return row
  }
  return commitChange(context, work, proxyFact)
}

/** Ends it at once and for good; a second time changes nothing. Throws DIRECTORY_NOT_FOUND or DIRECTORY_STALE. */
export async function revokeProxy(context: ChangeContext, change: Change): Promise<ProxyRecord> {
  const known = await findProxy(context.pool, change)
  if (known?.active === false) return known
  const work = async (client: pg.PoolClient) => {
    const before = await lockExpected(client, change)
    const update = { id: change.id, terms: undefined, changedBy: change.callerId, changedAt: context.now() }
    // Another has revoked it in this moment: then it is told once more as it is, which harms nobody.
    return (await updateProxy(client, update)) ?? before
  }
  return commitChange(context, work, proxyFact)
}

/** The row as nobody else can change it until the transaction ends. */
async function lockExpected(
  client: pg.ClientBase,
  { id, patientId, expected }: Change,
): Promise<ProxyRecord> {
  const found = await findProxy(client, { id, patientId })
  if (found === undefined) throw notFound()
  await lockPeople(client, [found.patientId, found.proxyId])
  const row = (await findProxy(client, { id, patientId })) ?? found
  if (expected === 'any' || expected.includes(row.version)) return row
  throw new ProblemError(DirectoryErrors.DIRECTORY_STALE)
}

function expiryIn({ expiresAt }: ProxyTerms, now: Date): Date {
  const expiry = expiryOf(expiresAt, now)
  if ('fault' in expiry) throw invalid('expiresAt', expiry.fault)
  return expiry
}

function invalid(field: string, detail: string): ProblemError {
  return new ProblemError(DirectoryErrors.DIRECTORY_FIELD_INVALID, { field, detail })
}

async function assertPerson(client: pg.ClientBase, proxyId: string): Promise<void> {
  if (await isPerson(client, proxyId)) return
  const detail = 'is nobody who is known here'
  throw new ProblemError(DirectoryErrors.DIRECTORY_REFERENCE_INVALID, { field: 'proxyId', detail })
}

function assertRoom({ proxies, patients }: ProxyCounts): void {
  if (proxies < MOST_PROXIES && patients < MOST_PATIENTS) return
  const detail =
    proxies >= MOST_PROXIES ? `At most ${MOST_PROXIES} for a patient` : `At most ${MOST_PATIENTS} patients`
  throw new ProblemError(DirectoryErrors.DIRECTORY_PROXIES_FULL, { field: 'proxyId', detail })
}
