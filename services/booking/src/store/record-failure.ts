import type pg from 'pg'

import type { BatchEntry } from '../worker/batch.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const NIL = '00000000-0000-0000-0000-000000000000'

/**
 * Writes the decision `failed`, so that asking again under the same key tells the same. A request without a usable id
 * leaves the dead letter only. Fields that are not UUIDs are written as the nil UUID.
 */
export async function recordFailure(
  client: pg.ClientBase,
  entry: BatchEntry,
  position: number,
): Promise<void> {
  const { batch, partition, seq } = entry
  if (!UUID.test(batch.ids)) return
  const uuid = (text: string) => (UUID.test(text) ? text : NIL)
  await client.query(
    `INSERT INTO booking_request (id, fingerprint, principal_id, patient_id, doctor_id, service_id, starts_at, partition,
       stream_seq, batch_pos, decision)
     VALUES ($1, $2, $3, $4, $5, $6, 'epoch', $7, $8, $9, 'failed') ON CONFLICT DO NOTHING`,
    [
      batch.ids,
      uuid(batch.fingerprints),
      uuid(batch.principals),
      uuid(batch.patients),
      uuid(batch.doctors),
      uuid(batch.services),
      partition,
      seq,
      position,
    ],
  )
}
