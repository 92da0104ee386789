import type pg from 'pg'

import { SUBSCRIPTION_COLUMNS, type SubscriptionRecord } from './records.ts'

export async function findSubscription(pool: pg.Pool, id: string): Promise<SubscriptionRecord | undefined> {
  const { rows } = await pool.query<SubscriptionRecord>({
    name: 'find-calendar-subscription',
    text: `SELECT ${SUBSCRIPTION_COLUMNS} FROM calendar_subscriptions WHERE id = $1`,
    values: [id],
  })
  return rows[0]
}
