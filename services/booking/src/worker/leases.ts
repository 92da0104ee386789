import type pg from 'pg'

import { acquireLeases, makePartitions } from '../store/acquire-leases.ts'
import { releaseLeases } from '../store/release-leases.ts'
import { removeWorker } from '../store/remove-worker.ts'
import { renewLeases } from '../store/renew-leases.ts'

/** A partition this worker may decide, until another takes it over under a higher epoch. */
export interface Lease {
  partition: number
  epoch: string
  /** Sequence in the stream up to which everything is decided. */
  committed: number
}

export interface LeaseOptions {
  pool: pg.Pool
  /** Name of this worker, unique for each start. */
  owner: string
  partitions: number
  /** How long a lease lasts without renewal; milliseconds. */
  ttlMs: number
  /** When the stream was made: leases of an earlier stream start over. */
  streamCreatedAt: string
}

export interface Leases {
  /** Says that this worker lives, and renews what it holds. */
  renew: (held: readonly Lease[]) => Promise<Renewed>
  /** Takes free partitions, `wanted` at most, and those under this worker's name that it does not hold. */
  acquire: (wanted: number, held: readonly number[]) => Promise<Lease[]>
  /** Gives partitions back, for others to take at once. */
  release: (held: readonly Lease[]) => Promise<void>
  /** Gives everything back: this worker lives no longer. */
  leave: (held: readonly Lease[]) => Promise<void>
}

export interface Renewed {
  /** Partitions still held. */
  kept: Set<number>
  /** The most it should hold. */
  share: number
}

/** The most partitions one of `workers` live workers should hold. */
export function fairShare(partitions: number, workers: number): number {
  return Math.ceil(partitions / Math.max(1, workers))
}

/** Leases in PostgreSQL, by the database's clock only. */
export function createLeases(options: LeaseOptions): Leases {
  const { pool, owner, ttlMs, partitions } = options
  let made = false
  return {
    renew: async (held) => {
      if (!made) await makePartitions(pool, partitions)
      made = true
      const { kept, workers } = await renewLeases(pool, { owner, ttlMs, held })
      return { kept, share: fairShare(partitions, workers) }
    },
    acquire: async (wanted, held) => acquireLeases(pool, { ...options, wanted, held }),
    release: async (held) => releaseLeases(pool, owner, held),
    leave: async (held) => {
      await releaseLeases(pool, owner, held)
      await removeWorker(pool, owner)
    },
  }
}
