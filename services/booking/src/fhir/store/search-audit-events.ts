import type pg from 'pg'

import type { AuditTransaction } from '../audit/entry.ts'

export interface AuditRow {
  id: string
  recorded_at: Date
  transaction: AuditTransaction
  patient_id: string
  appointment_id: string | null
  query: string | null
  actor_id: string
  actor_roles: string[]
  address: string
}

/** Undefined: any. An empty list: none. */
export interface AuditFilter {
  ids?: readonly string[] | undefined
  patientIds?: readonly string[] | undefined
  transactions?: readonly string[] | undefined
  /** Unix seconds; recorded in [from, to). */
  from?: number | undefined
  to?: number | undefined
}

const CONDITIONS: readonly { of: keyof AuditFilter; sql: (parameter: string) => string }[] = [
  { of: 'ids', sql: (list) => `id = ANY (${list}::uuid[])` },
  { of: 'patientIds', sql: (list) => `patient_id = ANY (${list}::uuid[])` },
  { of: 'transactions', sql: (list) => `transaction = ANY (${list}::text[])` },
  { of: 'from', sql: (seconds) => `recorded_at >= to_timestamp(${seconds})` },
  { of: 'to', sql: (seconds) => `recorded_at < to_timestamp(${seconds})` },
]

/** A page of what was recorded, the latest first; `before` is the id the page before ended with. */
export async function searchAuditEvents(
  pool: pg.Pool,
  filter: AuditFilter,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<AuditRow[]> {
  const asked = CONDITIONS.filter(({ of }) => filter[of] !== undefined)
  const conditions = ['true', ...asked.map(({ sql }, index) => sql(`$${index + 3}`))].join(' AND ')
  const { rows } = await pool.query<AuditRow>(
    `SELECT id, recorded_at, transaction, patient_id, appointment_id, query, actor_id, actor_roles, address
     FROM audit_event WHERE ${conditions} AND ($1::uuid IS NULL OR id < $1) ORDER BY id DESC LIMIT $2`,
    [before, limit, ...asked.map(({ of }) => filter[of])],
  )
  return rows
}
