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
const HOUR = 3_600_000
const WEEK = 168 * HOUR
/** Clinics are open from eight to five; milliseconds after midnight, and for how long. */
const OPENS = 8 * HOUR
const OPEN = 8 * HOUR

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
  let slot = findSlot(client, clinicId, from, to)
  for (let tries = 0; tries < TRIES && slot !== undefined; tries++) {
    const result = book(client, slot, newKey())
    if (result.outcome !== 'conflict') return
    slot = oneOf(result.alternatives)
  }
  count(slot === undefined ? 'no-slot' : 'gave-up')
}

/** A slot at some time of the day asked for, else at any time of it, else in the week after it. */
function findSlot(client: Client, clinicId: string, from: string, to: string): Slot | undefined {
  const start = Date.parse(from)
  const ranges = [
    [instant(start + OPENS + Math.random() * OPEN), to],
    [from, to],
    [to, instant(start + WEEK)],
  ] as const
  for (const [first, last] of ranges) {
    const slots = search(client, {
      clinicId,
      serviceId: service[0] ?? '',
      from: first,
      to: last,
      limit: '10',
    })
    if (slots.length > 0) return oneOf(slots)
  }
  return undefined
}

function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
