import type pg from 'pg'

import type { Example } from '../findings.ts'

/** How many in all, and up to ten of them. */
export interface Found {
  count: number
  examples: Example[]
}

/** Runs a statement whose rows carry the whole number in `total`, beside what the example shows. */
export async function found(
  client: pg.ClientBase,
  statement: string,
  values: unknown[] = [],
): Promise<Found> {
  const { rows } = await client.query<Example>(statement, values)
  const examples = rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'total')),
  )
  return { count: Number(rows[0]?.total ?? 0), examples }
}
