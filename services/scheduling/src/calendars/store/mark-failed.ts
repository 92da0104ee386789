import type pg from 'pg'

/** After so many failures in a row a calendar is looked at less often. */
const PATIENCE = 3

/** Notes why a calendar could not be read; what it said before stays. `later` is when one that fails again is due. */
export async function markFailed(
  pool: pg.Pool,
  { id, fault, later }: { id: string; fault: string; later: Date },
): Promise<void> {
  await pool.query({
    name: 'mark-calendar-failed',
    text: `UPDATE calendar_subscriptions SET last_error = $2, failures = failures + 1,
             due_at = CASE WHEN failures >= $4 THEN greatest(due_at, $3) ELSE due_at END
           WHERE id = $1`,
    values: [id, fault, later, PATIENCE],
  })
}
