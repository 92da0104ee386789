import type pg from 'pg'

import { withTransaction } from '@medqueue/database'

import { answeredOffers, endEntry, endPast, waitAgain } from '../store/waitlist-changes.ts'
import { keepsPlace, outcomeOf } from './states.ts'

const MOST = 100

/**
 * Sees what has become of offers: whoever booked is served, whoever let the slot go waits again. It looks at the
 * appointments themselves, so that it does not matter by which way they were booked or let go.
 */
export async function settle(pool: pg.Pool, entryId?: string): Promise<void> {
  await withTransaction(pool, async (client) => {
    if (entryId === undefined) await endPast(client)
    for (const row of await answeredOffers(client, { entryId, limit: MOST })) {
      if (outcomeOf(row.appointment_status) === 'take') await endEntry(client, row.id, 'served')
      else {
        const passed = row.passed + 1
        await waitAgain(client, { id: row.id, passed, last: !keepsPlace(passed) })
      }
    }
  })
}
