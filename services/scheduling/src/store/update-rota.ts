import type pg from 'pg'

import type { NewRota } from './records.ts'

export async function updateRota(client: pg.ClientBase, rota: NewRota): Promise<void> {
  await client.query({
    name: 'update-rota',
    text: `UPDATE rotas
           SET clinic_id = $2, weekday = $3, minutes = int4range($4, $5), effective = daterange($6, $7, '[]'),
               rrule = $8, exdates = $9, version = version + 1
           WHERE id = $1`,
    values: [
      rota.id,
      rota.clinicId,
      rota.weekday,
      rota.start,
      rota.end,
      rota.effectiveFrom,
      rota.effectiveTo,
      rota.rrule,
      rota.exdates,
    ],
  })
}
