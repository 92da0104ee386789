import type pg from 'pg'

import { SUBSCRIPTION_COLUMNS, type SubscriptionRecord } from './records.ts'

/** The subscriptions of a doctor, oldest first. */
export async function listSubscriptions(pool: pg.Pool, doctorId: string): Promise<SubscriptionRecord[]> {
  const { rows } = await pool.query<SubscriptionRecord>({
    name: 'list-calendar-subscriptions',
    text: `SELECT ${SUBSCRIPTION_COLUMNS} FROM calendar_subscriptions WHERE doctor_id = $1 ORDER BY created_at, id`,
    values: [doctorId],
  })
  return rows
}
