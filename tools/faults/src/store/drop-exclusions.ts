import type pg from 'pg'

/** Drops every exclusion constraint of the appointments; returns how many there were. */
export async function dropExclusions(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT quote_ident(conname) AS name FROM pg_constraint WHERE conrelid = 'appointment'::regclass AND contype = 'x'`,
  )
  const drops = rows.map(({ name }) => `DROP CONSTRAINT ${name}`)
  if (drops.length > 0) await client.query(`ALTER TABLE appointment ${drops.join(', ')}`)
  return drops.length
}
