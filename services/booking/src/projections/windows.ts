import type pg from 'pg'

import { type EventEnvelope, WindowsChanged } from '@medqueue/contracts'
import { Value } from 'typebox/value'

/**
 * Replaces a doctor's windows in the range the event names, and all of the doctor's notes, unless a later publication
 * was seen before.
 */
export async function projectWindows(client: pg.ClientBase, event: EventEnvelope): Promise<void> {
  if (event.type !== 'schedule.windows.changed') return
  const { doctorId, version, from, to, windows, notes = [] } = Value.Parse(WindowsChanged, event.data)
  const { rowCount } = await client.query(
    `INSERT INTO window_version AS old (doctor_id, version) VALUES ($1, $2)
     ON CONFLICT (doctor_id) DO UPDATE SET version = excluded.version WHERE old.version < excluded.version`,
    [doctorId, version],
  )
  if (rowCount === 0) return
  await client.query(
    'DELETE FROM doctor_window WHERE doctor_id = $1 AND starts_at >= $2 AND starts_at < $3',
    [doctorId, from, to],
  )
  await client.query(
    `INSERT INTO doctor_window (doctor_id, starts_at, ends_at, clinic_id)
     SELECT $1, * FROM unnest($2::timestamptz[], $3::timestamptz[], $4::uuid[])`,
    [
      doctorId,
      windows.map(({ start }) => start),
      windows.map(({ end }) => end),
      windows.map(({ clinicId }) => clinicId),
    ],
  )
  await client.query('DELETE FROM window_note WHERE doctor_id = $1', [doctorId])
  if (notes.length === 0) return
  await client.query(
    `INSERT INTO window_note (doctor_id, starts_at, ends_at, clinic_id, reason)
     SELECT $1, * FROM unnest($2::timestamptz[], $3::timestamptz[], $4::uuid[], $5::text[])`,
    [
      doctorId,
      notes.map(({ start }) => start),
      notes.map(({ end }) => end),
      notes.map(({ clinicId }) => clinicId),
      notes.map(({ reason }) => reason),
    ],
  )
}
