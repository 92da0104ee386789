/** Ten patients fight for each slot: one gets it, the others are told so, and try another that may be gone, too. */
import { SharedArray } from 'k6/data'

import {
  book,
  clientOf,
  count,
  newKey,
  oneOf,
  optionsOf,
  patientNumber,
  pause,
  settings,
  sleepUntil,
  type Slot,
  type Start,
  waitForAll,
  writeSummary,
} from '../lib/k6/kit.ts'

const slots = new SharedArray<Slot>(
  'slots',
  () => (JSON.parse(open(settings.worldFile)) as { slots: Slot[] }).slots,
)

const TRIES = 2
const LAST_REQUESTS = 200

export const options = optionsOf(settings.ramp + settings.hold + LAST_REQUESTS)
export const setup = waitForAll
export const handleSummary = writeSummary

export default function patient(start: Start): void {
  fight(patientNumber(), start)
  count('left')
}

function fight(number: number, start: Start): void {
  const client = clientOf(number)
  sleepUntil(start.at + Math.random() * settings.ramp * 1_000)
  count('patient')
  // First its own, so that every slot is fought for; then any of them.
  let slot = slots[number % slots.length]
  for (let tries = 0; tries < TRIES && slot !== undefined; tries++) {
    if (book(client, slot, newKey()).outcome !== 'conflict') return
    pause()
    slot = oneOf(slots)
  }
  count('gave-up')
}
