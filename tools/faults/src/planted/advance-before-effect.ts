import { type Advance, advanceLeases } from '@medqueue/booking/internal'
import { withTransaction } from '@medqueue/database'
import type pg from 'pg'

/**
 * PLANTED BUG: the offset commits in a transaction of its own, before the effect is written. Who dies in between has
 * counted requests as done that nobody has decided.
 */
export function advanceBeforeEffect(pool: pg.Pool): typeof advanceLeases {
  return (_client: pg.ClientBase, advances: readonly Advance[]) =>
    withTransaction(pool, (own) => advanceLeases(own, advances))
}
