import type pg from 'pg'

import type { Lease } from '../worker/leases.ts'

export interface AcquireOptions {
  owner: string
  ttlMs: number
  partitions: number
  streamCreatedAt: string
  /** Most partitions to take. */
  wanted: number
  /** Partitions held: others under this owner's name were lost on the way and are taken anew. */
  held: readonly number[]
}

interface Row {
  partition: number
  epoch: string
  committed_seq: string
}

/**
 * Takes free or expired partitions, each under a new epoch, which voids whatever its last owner has not committed.
 * A stream with another creation time is another stream: its sequences start over.
 */
export async function acquireLeases(pool: pg.Pool, options: AcquireOptions): Promise<Lease[]> {
  const { owner, ttlMs, partitions, streamCreatedAt, wanted, held } = options
  const { rows } = await pool.query<Row>({
    name: 'acquire-leases',
    text: `
      WITH free AS (
        SELECT partition FROM partition_lease
        WHERE (expires_at < now() OR (owner = $3 AND NOT partition = ANY ($6::smallint[]))) AND partition < $1
        ORDER BY partition LIMIT $2 FOR UPDATE SKIP LOCKED
      )
      UPDATE partition_lease l
      SET owner = $3, epoch = l.epoch + 1, expires_at = now() + make_interval(secs => $4::float8 / 1000),
        committed_seq = CASE WHEN l.stream_created_at = $5 THEN l.committed_seq ELSE 0 END,
        stream_created_at = $5
      FROM free WHERE l.partition = free.partition
      RETURNING l.partition, l.epoch, l.committed_seq`,
    values: [partitions, wanted, owner, ttlMs, streamCreatedAt, held],
  })
  return rows.map((row) => ({
    partition: row.partition,
    epoch: row.epoch,
    committed: Number(row.committed_seq),
  }))
}

/** Makes the rows of partitions that have none yet. */
export async function makePartitions(pool: pg.Pool, partitions: number): Promise<void> {
  await pool.query(
    'INSERT INTO partition_lease (partition) SELECT generate_series(0, $1::int - 1) ON CONFLICT DO NOTHING',
    [partitions],
  )
}
