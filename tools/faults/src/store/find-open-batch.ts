import type pg from 'pg'

/** True while the process of that name has a transaction open that decides requests: nothing else writes their table. */
export async function findOpenBatch(client: pg.ClientBase, name: string): Promise<boolean> {
  const { rows } = await client.query<{ open: boolean }>({
    name: 'find-open-batch',
    text: `SELECT EXISTS (
             SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
             WHERE a.application_name = $1 AND a.datname = current_database()
               AND l.relation = 'booking_request'::regclass AND l.mode = 'RowExclusiveLock' AND l.granted) AS open`,
    values: [name],
  })
  return rows[0]?.open ?? false
}
