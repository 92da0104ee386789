import type pg from 'pg'

/** One replica rolls the horizon at a time. */
const ROLL_LOCK = 7_250_417_310

/** False when another replica is at it; held until the transaction ends. */
export async function tryRollLock(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>({
    name: 'try-roll-lock',
    text: 'SELECT pg_try_advisory_xact_lock($1) AS locked',
    values: [ROLL_LOCK],
  })
  return rows[0]?.locked ?? false
}
