import type pg from 'pg'

const NEXT_WINDOW = `
SELECT extract(epoch FROM starts_at)::bigint AS starts FROM doctor_window
WHERE starts_at >= to_timestamp($1) AND starts_at < to_timestamp($2) AND doctor_id = ANY ($3::uuid[])
ORDER BY starts_at LIMIT 1`

/** Start of the first window of these doctors that begins in [from, to), or undefined. Unix seconds. */
export async function nextWindow(
  pool: pg.Pool,
  doctorIds: readonly string[],
  from: number,
  to: number,
): Promise<number | undefined> {
  const values = [from, to, `{${doctorIds.join(',')}}`]
  const { rows } = await pool.query<{ starts: string }>({ name: 'next-window', text: NEXT_WINDOW, values })
  const [first] = rows
  return first === undefined ? undefined : Number(first.starts)
}
