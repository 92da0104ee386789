import type pg from 'pg'

import type { NewRota } from './records.ts'

/** Adds rows; those whose id is known are left as they are. Returns the ids added. */
export async function insertRotas(client: pg.ClientBase, rotas: readonly NewRota[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>({
    name: 'insert-rotas',
    text: `INSERT INTO rotas (id, doctor_id, clinic_id, weekday, minutes, effective, rrule, exdates)
           SELECT id, doctor_id, clinic_id, weekday, int4range(start, stop), daterange(first, last, '[]'), rrule,
             ARRAY(SELECT jsonb_array_elements_text(exdates)::date)
           FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::int[], $6::int[], $7::date[], $8::date[],
                       $9::text[], $10::jsonb[])
             WITH ORDINALITY AS row (id, doctor_id, clinic_id, weekday, start, stop, first, last, rrule, exdates, place)
           ORDER BY place
           ON CONFLICT (id) DO NOTHING RETURNING id`,
    values: [
      rotas.map(({ id }) => id),
      rotas.map(({ doctorId }) => doctorId),
      rotas.map(({ clinicId }) => clinicId),
      rotas.map(({ weekday }) => weekday),
      rotas.map(({ start }) => start),
      rotas.map(({ end }) => end),
      rotas.map(({ effectiveFrom }) => effectiveFrom),
      rotas.map(({ effectiveTo }) => effectiveTo),
      rotas.map(({ rrule }) => rrule),
      rotas.map(({ exdates }) => JSON.stringify(exdates)),
    ],
  })
  return rows.map(({ id }) => id)
}
