/** Patients find a slot, book it, wait for the decision; some cancel and book anew. */
import {
  book,
  cancel,
  type Client,
  clientOf,
  count,
  newKey,
  oneOf,
  optionsOf,
  patientNumber,
  pause,
  search,
  settings,
  sleepUntil,
  type Slot,
  type Start,
  waitForAll,
  writeSummary,
} from '../lib/k6/kit.ts'
import { hourOfSpecialty, weekOfDoctor } from '../lib/k6/searches.ts'

/** Beyond the stay: the longest answer and the longest follow-up. */
const LAST_REQUESTS = 130

export const options = optionsOf(settings.ramp + settings.hold + LAST_REQUESTS)
export const setup = waitForAll
export const handleSummary = writeSummary

export default function patient(start: Start): void {
  live(start)
  count('left')
}

/** Share of patients who cancel and book anew. */
const CANCELLING = 0.1
const MOST_TRIES = 4

/** A patient's stay: looks for slots, books, and now and then cancels and books anew, until the end. */
function live(start: Start): void {
  const client = clientOf(patientNumber())
  const end = start.at + (settings.ramp + settings.hold) * 1_000
  const over = () => Date.now() >= end
  sleepUntil(start.at + arrival() * 1_000)
  count('patient')
  while (!over()) {
    const id = visit(client, end)
    pauseUntil(end)
    if (id === undefined || over() || Math.random() >= CANCELLING) continue
    cancel(client, id)
    pauseUntil(end)
  }
}

/**
 * Seconds after the start: evenly over the ramp, with the last pause of it blurred, so that the rate climbs to what it
 * will be and not beyond.
 */
function arrival(): number {
  const blur = Math.min(settings.pause, settings.ramp)
  return Math.random() * (settings.ramp - blur) + Math.random() * blur
}

/** Sleeps for a pause, but not beyond the end. */
function pauseUntil(end: number): void {
  const left = (end - Date.now()) / 1_000
  if (left > 0) pause(Math.min(settings.pause, left))
}

/** One search and, with think time before it, one booking; the id when it worked out. */
function visit(client: Client, end: number): string | undefined {
  // One slot is kept over the pause, not the whole list: thousands of patients think at a time.
  let slot = oneOf<Slot>(search(client, queryOf()))
  if (slot === undefined) count('no-slot')
  for (let tries = 0; tries < MOST_TRIES && slot !== undefined; tries++) {
    pauseUntil(end)
    if (Date.now() >= end) return undefined
    const result = book(client, slot, newKey())
    if (result.outcome === 'booked') return result.id
    if (result.outcome !== 'conflict') return undefined
    slot = oneOf(result.alternatives)
  }
  if (slot !== undefined) count('gave-up')
  return undefined
}

/** Half ask for a doctor in a coming week, half for any doctor of a specialty around some hour of a day. */
const queryOf = () => (Math.random() < 0.5 ? weekOfDoctor() : hourOfSpecialty())
