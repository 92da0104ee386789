import type { PastRequest } from './arrivals.ts'

/**
 * Requests by hour of the day, per thousand. Computed from "Medical Appointment No Shows" (J. Hoppen, Kaggle,
 * CC BY-NC-SA 4.0): when 39,596 appointments of public clinics in Vitória, Brazil, were made, 2015-11 to 2016-05.
 */
export const HOURLY_WEIGHTS: readonly number[] = [
  ...[0, 0, 0, 0, 0, 0, 21, 171, 134, 114, 98, 85],
  ...[54, 84, 81, 73, 45, 24, 14, 4, 1, 0, 0, 0],
]

/** Share of requests for the same day, in the same source. */
const SAME_DAY = 0.32
const LONGEST_LEAD = 30

const HOUR = 3_600_000
const DAY = 24 * HOUR

export interface MadeOptions {
  count: number
  /** Working days over which they are spread. */
  days: number
  neighbourhoods: readonly string[]
  patients: number
  seed: number
}

/** Requests with the hourly shape of real ones, always the same for the same seed. */
export function makeRequests({ count, days, neighbourhoods, patients, seed }: MadeOptions): PastRequest[] {
  const random = randomOf(seed)
  const whole = (below: number) => Math.floor(random() * below)
  const weekdays = Array.from({ length: days }, (_, index) => Math.floor(index / 5) * 7 + (index % 5))
  return Array.from({ length: count }, () => {
    // From a Monday on.
    const asked = MONDAY + (weekdays[whole(days)] ?? 0) * DAY
    const lead = random() < SAME_DAY ? 0 : 1 + Math.floor(LONGEST_LEAD * random() ** 3)
    return {
      at: asked + hourOf(random()) * HOUR + whole(HOUR),
      day: toWeekday(asked + lead * DAY),
      neighbourhood: neighbourhoods[whole(neighbourhoods.length)] ?? '',
      patient: String(whole(patients)),
    }
  })
}

const MONDAY = Date.UTC(2024, 0, 1)

function toWeekday(day: number): number {
  const weekday = new Date(day).getUTCDay()
  if (weekday === 6) return day + 2 * DAY
  return weekday === 0 ? day + DAY : day
}

function hourOf(share: number): number {
  const total = HOURLY_WEIGHTS.reduce((sum, weight) => sum + weight, 0)
  let left = share * total
  const hour = HOURLY_WEIGHTS.findIndex((weight) => {
    left -= weight
    return left < 0
  })
  return hour < 0 ? HOURLY_WEIGHTS.findLastIndex((weight) => weight > 0) : hour
}

/** Numbers from 0 to 1 that look random (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
