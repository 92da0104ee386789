import type pg from 'pg'

import { SUBSCRIPTION_COLUMNS, type SubscriptionRecord } from './records.ts'

/**
 * Takes one subscription that is due and moves its next time on, so that no other replica takes it too; undefined when
 * none is. A replica that dies with it leaves it to whoever looks at that next time.
 */
export async function takeDue(pool: pg.Pool, now: Date, next: Date): Promise<SubscriptionRecord | undefined> {
  const { rows } = await pool.query<SubscriptionRecord>({
    name: 'take-due-calendar-subscription',
    text: `UPDATE calendar_subscriptions SET due_at = $2
           WHERE id = (SELECT id FROM calendar_subscriptions WHERE due_at <= $1
                       ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
           RETURNING ${SUBSCRIPTION_COLUMNS}`,
    values: [now, next],
  })
  return rows[0]
}
