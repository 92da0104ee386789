import type { Advance } from '@medqueue/booking/internal'
import type pg from 'pg'

/**
 * PLANTED BUG: the fence without its epoch. Whoever comes last says where the partition stands, also a worker that has
 * lost its lease. The place is not compared either: by itself it would stop such a worker just as well.
 */
export async function advanceWithoutEpoch(
  client: pg.ClientBase,
  advances: readonly Advance[],
): Promise<boolean> {
  await client.query(
    `UPDATE partition_lease l SET committed_seq = v.seq
     FROM unnest($1::smallint[], $2::bigint[]) AS v (partition, seq) WHERE l.partition = v.partition`,
    [advances.map(({ partition }) => partition), advances.map(({ seq }) => seq)],
  )
  return true
}
