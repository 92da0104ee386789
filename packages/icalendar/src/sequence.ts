/** What of an appointment calendars must be told anew when it changes. */
export interface Seen {
  start: number
  end: number
  clinicId: string
  status: string
}

/** The sequence after a change: one more when time, place or status differ, else the same (RFC 5545, 3.8.7.4). */
export function nextSequence(sequence: number, before: Seen, after: Seen): number {
  const same =
    before.start === after.start &&
    before.end === after.end &&
    before.clinicId === after.clinicId &&
    before.status === after.status
  return same ? sequence : sequence + 1
}

/** The sequence of an appointment whose states, oldest first, are given: the first has 0. */
export function sequenceOf(states: readonly Seen[]): number {
  return states.reduce((sequence, state, index) => {
    const before = states[index - 1]
    return before === undefined ? 0 : nextSequence(sequence, before, state)
  }, 0)
}
