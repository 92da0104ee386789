import type pg from 'pg'

import { type EventEnvelope, ResourceChanged } from '@medqueue/contracts'
import { Value } from 'typebox/value'

/** Keeps what the highest version says of a room or device. */
export async function projectResources(client: pg.ClientBase, event: EventEnvelope): Promise<void> {
  if (event.type !== 'schedule.resource.changed') return
  const { id, version, active, kind, clinicId, name } = Value.Parse(ResourceChanged, event.data)
  await client.query(
    `INSERT INTO bookable_resource AS old (id, version, active, kind, clinic_id, name)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (id) DO UPDATE SET version = excluded.version, active = excluded.active, kind = excluded.kind,
       clinic_id = excluded.clinic_id, name = excluded.name
     WHERE old.version < excluded.version`,
    [id, version, active, kind, clinicId, name],
  )
}
