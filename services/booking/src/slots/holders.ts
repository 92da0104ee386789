import type pg from 'pg'

import { listHolders } from '../store/list-holders.ts'

export interface Holders {
  /** False: the patient holds no slot, as far as anybody has said. */
  mayHold: (patientId: string) => boolean
  /** The patient holds a slot now. */
  note: (patientId: string) => void
  /** Something may not have been heard: everybody is asked for again. */
  forgetAll: () => void
}

/** No hold or offer lasts longer; milliseconds. */
const LONGEST_MS = 30 * 60_000
/** After a database that could not be asked; milliseconds. */
const AGAIN_MS = 5_000

/**
 * Who holds slots, in memory: of thousands who search hardly anybody does, and the database need not be asked for each.
 *
 *   unknown --look--> asked --answer--> known --forgetAll--> unknown      asked --no answer--> known to nobody for 5 s
 */
export function createHolders(pool: pg.Pool, monotonicMs: () => number): Holders {
  const until = new Map<string, number>()
  let state: 'unknown' | 'asked' | 'known' = 'unknown'
  let askAgainAt = 0
  const note = (patientId: string) => void until.set(patientId, monotonicMs() + LONGEST_MS)

  const ask = async () => {
    state = 'asked'
    try {
      for (const patientId of await listHolders(pool)) note(patientId)
      askAgainAt = Infinity
    } catch {
      // A search does without: that a slot is one's own is told when the database is back.
      askAgainAt = monotonicMs() + AGAIN_MS
    }
    state = 'known'
  }

  return {
    mayHold: (patientId) => {
      if (state === 'unknown' || (state === 'known' && monotonicMs() >= askAgainAt)) void ask()
      if (state === 'asked') return true
      const end = until.get(patientId)
      if (end !== undefined && end <= monotonicMs()) until.delete(patientId)
      return until.has(patientId)
    },
    note,
    forgetAll: () => {
      until.clear()
      state = 'unknown'
    },
  }
}
