import { type Lens, rate, share, sum, total } from './promql.ts'

const REQUESTS = 'http_request_duration_seconds_count'

/** Requests for an appointment, which hold the whole booking path together. */
export const BOOKING_REQUESTS = [
  'service="booking-api"',
  'method="POST"',
  'route="/v1/appointments"',
] as const

/** Answers of some route a second. */
export const answers = (lens: Lens, ...matchers: string[]) => total(lens, rate(lens, REQUESTS, ...matchers))

/** The share of requests for an appointment that got an answer of that kind. */
export function shareOfBookings(lens: Lens, status: string): string {
  const [some, all] = [
    answers(lens, ...BOOKING_REQUESTS, `status=~"${status}"`),
    answers(lens, ...BOOKING_REQUESTS),
  ]
  // No answer of that kind so far is no series.
  return share(`(${some} or 0 * ${all})`, all)
}

/** Answers a second by status. */
export const byStatus = (lens: Lens, ...matchers: string[]) =>
  sum(rate(lens, REQUESTS, ...matchers), 'status')
