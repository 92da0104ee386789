import type pg from 'pg'

/** Removes some of the entries that are older than the days, the oldest first. Returns how many. */
export async function removeAuditEvents(pool: pg.Pool, days: number, most: number): Promise<number> {
  const { rowCount } = await pool.query({
    name: 'fhir-remove-audit-events',
    text: `
      DELETE FROM audit_event WHERE id IN (
        SELECT id FROM audit_event WHERE recorded_at < now() - make_interval(days => $1)
        ORDER BY recorded_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    values: [days, most],
  })
  return rowCount ?? 0
}
