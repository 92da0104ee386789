import { setTimeout as delay } from 'node:timers/promises'

import type { Scenario } from '../scenario.ts'
import { withClient } from '../stage/database.ts'
import { dropExclusions } from '../store/drop-exclusions.ts'

const LOAD_MS = 4_000

/** Nothing but the constraints forbids a double booking, so without them there must be some. */
export const plantedConstraint: Scenario = {
  name: 'planted-constraint',
  title: 'planted bug: the exclusion constraints dropped while hot slots are fought over',
  planted: 'doctor_double_bookings',
  run: async ({ database, saw }) => {
    const dropped = await withClient(database.ownerUrl, dropExclusions)
    if (dropped < 2) throw new Error(`expected two exclusion constraints, found ${dropped}`)
    saw(`dropped ${dropped} constraints`)
    await delay(LOAD_MS)
  },
}
