import type pg from 'pg'

import { SUBSCRIPTION_COLUMNS, type SubscriptionRecord } from './records.ts'

export interface NewSubscription extends Pick<SubscriptionRecord, 'id' | 'doctorId' | 'url' | 'zone'> {
  now: Date
  /** Most subscriptions one doctor may have. */
  most: number
}

/** The subscription, due at once, or undefined when the doctor has as many as may be. */
export async function insertSubscription(
  client: pg.ClientBase,
  { id, doctorId, url, zone, now, most }: NewSubscription,
): Promise<SubscriptionRecord | undefined> {
  const { rows } = await client.query<SubscriptionRecord>({
    name: 'insert-calendar-subscription',
    text: `INSERT INTO calendar_subscriptions (id, doctor_id, url, zone, created_at, due_at)
           SELECT $1, $2, $3, $4, $5, $5
           WHERE (SELECT count(*) FROM calendar_subscriptions WHERE doctor_id = $2) < $6
           RETURNING ${SUBSCRIPTION_COLUMNS}`,
    values: [id, doctorId, url, zone, now, most],
  })
  return rows[0]
}
