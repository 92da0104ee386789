import type pg from 'pg'

/** Fewer partitions than the queue has requests in: those beyond would never be decided. */
export class PartitionsError extends Error {
  override readonly name = 'PartitionsError'
  readonly code = 'BOOKING_PARTITIONS_FEWER'
}

export interface PartitionsOptions {
  /** How many this process is to use. */
  partitions: number
  /** When the stream of the queue was made, as the broker says. */
  streamCreatedAt: string
}

/** Throws PartitionsError when workers have had a partition of this stream that is beyond those to be used now. */
export async function assertPartitions(
  pool: pg.Pool,
  { partitions, streamCreatedAt }: PartitionsOptions,
): Promise<void> {
  const { rows } = await pool.query<{ used: number | null }>(
    'SELECT max(partition)::int + 1 AS used FROM partition_lease WHERE stream_created_at = $1',
    [streamCreatedAt],
  )
  const used = rows[0]?.used ?? 0
  if (used <= partitions) return
  throw new PartitionsError(
    `BOOKING_PARTITIONS is ${partitions}, and the queue has ${used}: what waits in the others would never be decided. Set it to ${used}; to have fewer, let the queue run empty and delete its stream, which is made anew.`,
  )
}
