import type { Interval } from '@medqueue/icalendar'
import type pg from 'pg'

export interface SubscribedBusy {
  subscriptionId: string
  doctorId: string
  /** Apart from each other. */
  intervals: readonly Interval[]
}

/** Makes these the busy times of a subscription; false when they were already. */
export async function replaceBusy(
  client: pg.ClientBase,
  { subscriptionId, doctorId, intervals }: SubscribedBusy,
): Promise<boolean> {
  const { rows } = await client.query<{ changes: number }>({
    name: 'replace-calendar-busy',
    text: `WITH said AS (
             SELECT to_timestamp(start / 1000.0) AS starts_at, to_timestamp("end" / 1000.0) AS ends_at
             FROM jsonb_to_recordset($3::jsonb) AS said (start bigint, "end" bigint)),
           gone AS (
             DELETE FROM calendar_busy b WHERE b.subscription_id = $1
               AND NOT EXISTS (SELECT FROM said s WHERE s.starts_at = b.starts_at) RETURNING 1),
           kept AS (
             INSERT INTO calendar_busy AS b (subscription_id, doctor_id, starts_at, ends_at)
             SELECT $1, $2, starts_at, ends_at FROM said
             ON CONFLICT (subscription_id, starts_at) DO UPDATE SET ends_at = EXCLUDED.ends_at
             WHERE b.ends_at <> EXCLUDED.ends_at RETURNING 1)
           SELECT ((SELECT count(*) FROM gone) + (SELECT count(*) FROM kept))::int AS changes`,
    values: [subscriptionId, doctorId, JSON.stringify(intervals)],
  })
  return (rows[0]?.changes ?? 0) > 0
}
