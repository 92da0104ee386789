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
  /**
   * One round: says that this worker lives, renews what it holds, gives up what is more than its fair share, takes
   * what is free. `busy` are partitions in the middle of a batch: they are given up in a later round.
   */
  round: (held: readonly Lease[], busy: ReadonlySet<number>) => Promise<Round>
  /** Gives everything back, for others to take at once. */
  release: (held: readonly Lease[]) => Promise<void>
}

export interface Round {
  gained: Lease[]
  lost: number[]
  /** To be given up in a later round: take no more of them. */
  retiring: number[]
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
    round: async (held, busy) => {
      if (!made) await makePartitions(pool, partitions)
      made = true
      const { kept, workers } = await renewLeases(pool, { owner, ttlMs, held })
      const lost = held.filter(({ partition }) => !kept.has(partition)).map(({ partition }) => partition)
      const share = fairShare(partitions, workers)
      const excess = held
        .filter(({ partition }) => kept.has(partition))
        .slice(0, Math.max(0, kept.size - share))
      const surplus = excess.filter(({ partition }) => !busy.has(partition))
      const retiring = excess.filter(({ partition }) => busy.has(partition)).map(({ partition }) => partition)
      if (surplus.length > 0) await releaseLeases(pool, owner, surplus)
      const wanted = share - kept.size
      const gained = wanted > 0 ? await acquireLeases(pool, { ...options, wanted, held: [...kept] }) : []
      return { gained, lost: [...lost, ...surplus.map(({ partition }) => partition)], retiring }
    },
    release: async (held) => {
      await releaseLeases(pool, owner, held)
      await removeWorker(pool, owner)
    },
  }
}
