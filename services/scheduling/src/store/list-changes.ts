import type pg from 'pg'

import type { ChangeRecord } from './find-change.ts'

/** The latest bulk changes, without their doctors. */
export async function listChanges(pool: pg.Pool, limit: number): Promise<Omit<ChangeRecord, 'doctors'>[]> {
  const { rows } = await pool.query<Omit<ChangeRecord, 'doctors'>>({
    name: 'list-changes',
    text: `SELECT id, requested_by AS "requestedBy", request, created_at AS "createdAt",
             undo_until AS "undoUntil", undo_started_at AS "undoStartedAt"
           FROM schedule_changes ORDER BY created_at DESC, id LIMIT $1`,
    values: [limit],
  })
  return rows
}
