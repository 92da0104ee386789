import type { ServiceTypeSnapshot } from '@medqueue/contracts'
import type pg from 'pg'

import { addMissing } from './add-missing.ts'

/** Adds the service types that are missing; gives the ids of those added. */
export async function addServiceTypes(
  client: pg.ClientBase,
  rows: readonly ServiceTypeSnapshot[],
): Promise<string[]> {
  return addMissing(
    client,
    `INSERT INTO service_type (id, version, active, name, duration_minutes, buffer_after_minutes, alignment_minutes,
       minimum_notice_minutes, horizon_days, approval)
     SELECT * FROM jsonb_to_recordset($1) AS r (id uuid, version int, active boolean, name text, "durationMinutes" int,
       "bufferAfterMinutes" int, "alignmentMinutes" int, "minimumNoticeMinutes" int, "horizonDays" int, approval text)
     ON CONFLICT DO NOTHING RETURNING id`,
    rows,
  )
}
