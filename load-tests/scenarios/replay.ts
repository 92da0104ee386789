/** Requests arrive as they once did, in their order and rhythm, sped up. */
import { SharedArray } from 'k6/data'

import {
  book,
  type Client,
  clientOf,
  count,
  newKey,
  oneOf,
  optionsOf,
  patientNumber,
  search,
  settings,
  sleepUntil,
  type Slot,
  type Start,
  waitForAll,
  writeSummary,
} from '../lib/k6/kit.ts'

/** Milliseconds after the start, clinic, first and last day (RFC 3339), number of the patient. */
type Arrival = [at: number, clinicId: string, from: string, to: string, patient: number]

interface World {
  arrivals: Arrival[]
  serviceId: string
}

const arrivals = new SharedArray<Arrival>(
  'arrivals',
  () => (JSON.parse(open(settings.worldFile)) as World).arrivals,
)
const service = new SharedArray<string>('service', () => [
  (JSON.parse(open(settings.worldFile)) as World).serviceId,
])

/** A platform that cannot keep up is given time to answer all the same. */
const LAST_REQUESTS = 1_800
/** An arrival that waited this long for a free virtual patient has lost the rhythm; milliseconds. */
const LATE = 1_000
const TRIES = 5
const WEEK = 7 * 86_400_000

export const options = optionsOf(settings.ramp + settings.hold + LAST_REQUESTS)
export const setup = waitForAll
export const handleSummary = writeSummary

/** Takes every n-th arrival, n being the number of virtual patients. */
export default function patient(start: Start): void {
  for (let next = patientNumber(); next < arrivals.length; next += settings.vus) {
    const arrival = arrivals[next]
    if (arrival === undefined) return
    sleepUntil(start.at + arrival[0])
    if (Date.now() > start.at + arrival[0] + LATE) count('late')
    count('patient')
    arrive(arrival)
  }
  count('left')
}

function arrive([, clinicId, from, to, number]: Arrival): void {
  const client = clientOf(number)
  let choice = slotsOf(client, { clinicId, from, to })
  if (choice.length === 0) choice = slotsOf(client, { clinicId, from: to, to: later(to) })
  for (let tries = 0; tries < TRIES; tries++) {
    const slot = oneOf(choice)
    if (slot === undefined) return count('no-slot')
    const result = book(client, slot, newKey())
    if (result.outcome !== 'conflict') return
    choice = result.alternatives
  }
  count('gave-up')
}

function slotsOf(client: Client, where: { clinicId: string; from: string; to: string }): Slot[] {
  return search(client, { ...where, serviceId: service[0] ?? '', limit: '100' })
}

function later(day: string): string {
  return new Date(Date.parse(day) + WEEK).toISOString()
}
