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
       minimum_notice_minutes, horizon_days, approval, buffer_before_minutes, capacity, room_kind, device_kind,
       cancel_notice_minutes, approval_timeout_minutes, max_open, request_fields)
     SELECT id, version, active, name, "durationMinutes", "bufferAfterMinutes", "alignmentMinutes",
       "minimumNoticeMinutes", "horizonDays", approval, coalesce("bufferBeforeMinutes", 0), coalesce(capacity, 1),
       "roomKind", "deviceKind", coalesce("cancelNoticeMinutes", 0), coalesce("approvalTimeoutMinutes", 1440), "maxOpen",
       coalesce("requestFields", '[]')
     FROM jsonb_to_recordset($1) AS r (id uuid, version int, active boolean, name text, "durationMinutes" int,
       "bufferAfterMinutes" int, "alignmentMinutes" int, "minimumNoticeMinutes" int, "horizonDays" int, approval text,
       "bufferBeforeMinutes" int, capacity int, "roomKind" text, "deviceKind" text, "cancelNoticeMinutes" int,
       "approvalTimeoutMinutes" int, "maxOpen" int, "requestFields" jsonb)
     ON CONFLICT DO NOTHING RETURNING id`,
    rows,
  )
}
