import type pg from 'pg'

const FETCH = 10_000

/** Reads a large result in parts, each row as an array of columns. Needs an open transaction. */
export async function* rowsOf(client: pg.ClientBase, statement: string): AsyncGenerator<unknown[]> {
  await client.query(`DECLARE audit_cursor NO SCROLL CURSOR FOR ${statement}`)
  try {
    for (;;) {
      const { rows } = await client.query<unknown[]>({
        text: `FETCH ${FETCH} FROM audit_cursor`,
        rowMode: 'array',
      })
      yield* rows
      if (rows.length < FETCH) return
    }
  } finally {
    await client.query('CLOSE audit_cursor')
  }
}
