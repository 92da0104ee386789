import type { EventEnvelope } from '@medqueue/contracts'

/**
 * Splits events into rounds in which each subject comes once at most, so that one statement can take a round; the events
 * of a subject stay in order.
 */
export function roundsOf(events: readonly EventEnvelope[]): EventEnvelope[][] {
  const rounds: EventEnvelope[][] = []
  const before = new Map<string, number>()
  for (const event of events) {
    const round = before.get(event.subject) ?? 0
    before.set(event.subject, round + 1)
    const known = rounds[round]
    if (known === undefined) rounds.push([event])
    else known.push(event)
  }
  return rounds
}
