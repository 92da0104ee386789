/**
 * What happens is written as one short line an event to the console, which k6 sends to a file; `run.ts` reads it as it
 * grows. Lines: `s,<end ms>,<operation>,<status>,<tenths of ms>` for a request, `a,<status>,<id>,<key>` for an answer
 * that must hold, `c,<ms>,<name>` and more words for something to count.
 */
import type { RefinedResponse, ResponseType } from 'k6/http'

export type Operation = 'search' | 'book' | 'poll' | 'cancel'

export function recordRequest(operation: Operation, response: RefinedResponse<ResponseType>): void {
  console.log(`s,${Date.now()},${operation},${response.status},${Math.round(response.timings.duration * 10)}`)
}

/** Notes an answer that the audit will hold the platform to. */
export function recordAnswer(
  status: 'booked' | 'pending' | 'queued' | 'refused' | 'cancelled',
  id: string,
  key: string,
): void {
  console.log(`a,${status},${id},${key}`)
}

export type Counted =
  | 'patient'
  | 'left'
  | 'booked'
  | 'conflict'
  | 'refused'
  | 'queued'
  | 'cancelled'
  | 'no-slot'
  | 'gave-up'
  | 'undecided'
  | 'decision-failed'
  | 'late'
  | 'unexpected'

export function count(name: Counted, detail = ''): void {
  const line = `c,${Date.now()},${name}`
  console.log(detail === '' ? line : `${line},${detail}`)
}
