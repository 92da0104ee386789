import type pg from 'pg'

/** One transaction at a time counts the proxies of these people, until it ends. */
export async function lockPeople(client: pg.ClientBase, ids: readonly string[]): Promise<void> {
  await client.query(
    `SELECT pg_advisory_xact_lock(hashtextextended('proxy ' || id, 0))
     FROM (SELECT id FROM unnest($1::text[]) id ORDER BY id) people`,
    [ids],
  )
}
