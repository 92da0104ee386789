import type pg from 'pg'

import type { Lease } from '../worker/leases.ts'

export interface RenewOptions {
  owner: string
  ttlMs: number
  held: readonly Lease[]
}

/** Says that the worker lives, renews what it still holds, and counts the live workers, itself included. */
export async function renewLeases(
  pool: pg.Pool,
  { owner, ttlMs, held }: RenewOptions,
): Promise<{ kept: Set<number>; workers: number }> {
  const { rows } = await pool.query<{ kept: number[]; workers: number }>({
    name: 'renew-leases',
    text: `
      WITH dead AS (
        DELETE FROM booking_worker WHERE expires_at < now() AND owner <> $1
      ), alive AS (
        INSERT INTO booking_worker (owner, expires_at) VALUES ($1, now() + make_interval(secs => $2::float8 / 1000))
        ON CONFLICT (owner) DO UPDATE SET expires_at = excluded.expires_at
      ), renewed AS (
        UPDATE partition_lease l SET expires_at = now() + make_interval(secs => $2::float8 / 1000)
        FROM unnest($3::smallint[], $4::bigint[]) AS held (partition, epoch)
        WHERE l.partition = held.partition AND l.epoch = held.epoch AND l.owner = $1
        RETURNING l.partition
      )
      SELECT coalesce((SELECT array_agg(partition) FROM renewed), '{}') AS kept,
        (SELECT count(*) FROM booking_worker WHERE expires_at >= now() AND owner <> $1)::int + 1 AS workers`,
    values: [owner, ttlMs, held.map(({ partition }) => partition), held.map(({ epoch }) => epoch)],
  })
  const [row] = rows
  return { kept: new Set(row?.kept), workers: row?.workers ?? 1 }
}
