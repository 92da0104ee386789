import type pg from 'pg'

/** True when somebody active has this id: as a patient or as a doctor. */
export async function isPerson(client: pg.ClientBase, id: string): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM patient WHERE id = $1 AND active)
       OR EXISTS (SELECT FROM doctor WHERE id = $1 AND active) AS found`,
    [id],
  )
  return rows[0]?.found === true
}
