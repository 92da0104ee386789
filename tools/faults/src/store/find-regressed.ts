import type pg from 'pg'

/** True when a partition's committed place lies before a decision of that partition. */
export async function findRegressed(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ regressed: boolean }>(
    `SELECT EXISTS (SELECT FROM booking_request r JOIN partition_lease l USING (partition)
                    WHERE r.stream_seq > l.committed_seq) AS regressed`,
  )
  return rows[0]?.regressed ?? false
}
