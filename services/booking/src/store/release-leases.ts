import type pg from 'pg'

import type { Lease } from '../worker/leases.ts'

/** Gives partitions back, so that another worker takes them in its next round instead of at their expiry. */
export async function releaseLeases(pool: pg.Pool, owner: string, held: readonly Lease[]): Promise<void> {
  await pool.query({
    name: 'release-leases',
    text: `
      UPDATE partition_lease l SET owner = NULL, expires_at = '-infinity'
      FROM unnest($2::smallint[], $3::bigint[]) AS held (partition, epoch)
      WHERE l.partition = held.partition AND l.epoch = held.epoch AND l.owner = $1`,
    values: [owner, held.map(({ partition }) => partition), held.map(({ epoch }) => epoch)],
  })
}
