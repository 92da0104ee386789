/** Patients find a slot, book it, wait for the decision; some cancel and book anew. */
import { live } from '../lib/k6/journey.ts'
import { optionsOf, writeSummary } from '../lib/k6/options.ts'
import { count } from '../lib/k6/record.ts'
import { settings } from '../lib/k6/settings.ts'
import { type Start, waitForAll } from '../lib/k6/world.ts'

/** Beyond the stay: the longest answer and the longest follow-up. */
const LAST_REQUESTS = 130

export const options = optionsOf(settings.ramp + settings.hold + LAST_REQUESTS)
export const setup = waitForAll
export const handleSummary = writeSummary

export default function patient(start: Start): void {
  live(start)
  count('left')
}
