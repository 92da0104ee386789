import { Uuid } from '@medqueue/contracts'
import type pg from 'pg'
import { Check } from 'typebox/value'

/** Somebody, and the patient they would act for. */
export interface Pair {
  proxyId: string
  patientId: string
}

/** What a proxy may do beyond acting for the patient. */
export interface Grant {
  /** May read what people have written. */
  notes: boolean
}

const statement = (name: string, lock: string) => ({
  name,
  // Two at a time are there only while their events are on their way: the one that allows less holds.
  text: `SELECT notes FROM patient_proxy
         WHERE proxy_id = $1 AND patient_id = $2 AND active AND expires_at > now() ORDER BY notes LIMIT 1 ${lock}`,
})
const FIND = statement('find-proxy', '')
const LOCK = statement('lock-proxy', 'FOR SHARE')

/** What was granted and holds now, or undefined. Ids that are no UUIDs are of nobody. */
export async function findProxy(client: pg.ClientBase | pg.Pool, pair: Pair): Promise<Grant | undefined> {
  return granted(client, pair, FIND)
}

/**
 * The same, kept from being revoked until the transaction ends: what the transaction writes for the proxy is committed
 * before the revocation is, or not at all.
 */
export async function lockProxy(client: pg.ClientBase, pair: Pair): Promise<Grant | undefined> {
  return granted(client, pair, LOCK)
}

async function granted(
  client: pg.ClientBase | pg.Pool,
  { proxyId, patientId }: Pair,
  query: typeof FIND,
): Promise<Grant | undefined> {
  if (!Check(Uuid, proxyId) || !Check(Uuid, patientId)) return undefined
  const { rows } = await client.query<Grant>({ ...query, values: [proxyId, patientId] })
  return rows[0]
}
