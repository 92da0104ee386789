import type { Acknowledgement } from '@medqueue/audit'

import { type Answer, type Outcome, OUTCOMES } from './answer.ts'

/** What the answers say among themselves, before anybody looks into the database. */
export interface Verdict {
  /** Promises without a decision, and keys that never got an answer. */
  lost: string[]
  /** Keys with two ids, two decisions, or two bodies that both took effect. */
  double: string[]
  /** Answers that must not be given: a 500, a 503 without Retry-After, any status out of place. */
  wrong: string[]
}

/** Judges all answers of a run. Each key belongs to one patient. */
export function judge(answers: readonly Answer[]): Verdict {
  const verdict: Verdict = { lost: [], double: [], wrong: [] }
  for (const answer of answers) {
    if (isWrong(answer)) verdict.wrong.push(describe(answer))
  }
  const byKey = Map.groupBy(answers, ({ key }) => key)
  for (const [key, told] of byKey) {
    judgeEffects(key, told, verdict)
    judgePromises(key, told, verdict)
  }
  return verdict
}

function isWrong({ outcome, body }: Answer): boolean {
  // Only who sends another body under a key may be told so; the first body may be the second to arrive.
  return outcome === 'wrong' || (outcome === 'key_reused' && body === 'only')
}

function describe({ ask, status, code, key, id }: Answer): string {
  return `${ask} answered ${status} ${code ?? ''} key=${key} id=${id ?? '-'}`
}

const DECISIONS = new Set<Outcome>(['booked', 'pending', 'refused'])

/** A key has one id and one decision, whoever was told it and however often. */
function judgeEffects(key: string, told: readonly Answer[], { double }: Verdict): void {
  const ids = new Set(told.flatMap(({ id }) => (id === undefined || id === '' ? [] : [id])))
  if (ids.size > 1) double.push(`key=${key} was answered with ids ${[...ids].join(' ')}`)
  const decisions = new Set(told.flatMap(({ decision }) => (decision === undefined ? [] : [decision])))
  if (decisions.size > 1) double.push(`key=${key} was decided ${[...decisions].join(' and ')}`)
  const kinds = new Set(told.map(({ outcome }) => outcome).filter((outcome) => DECISIONS.has(outcome)))
  if (kinds.size > 1) double.push(`key=${key} was told ${[...kinds].join(' and ')}`)
  const bookings = told.filter(({ ask, outcome }) => ask === 'book' && OUTCOMES[outcome] === 'decided')
  const bodies = new Set(bookings.map(({ body }) => body))
  if (bodies.size > 1) double.push(`key=${key} had an effect with two bodies`)
}

const has = (told: readonly Answer[], ...outcomes: Outcome[]) =>
  told.some(({ outcome }) => outcomes.includes(outcome))

function judgePromises(key: string, told: readonly Answer[], { lost }: Verdict): void {
  const decided = told.some(({ outcome }) => OUTCOMES[outcome] === 'decided')
  if (decided) return
  if (has(told, 'queued')) lost.push(`key=${key} was answered 202 and never decided`)
  else if (!has(told, 'key_reused')) lost.push(`key=${key} never got an answer`)
}

/** What the audit must find in the database: every promise once a key and outcome. */
export function acknowledgementsOf(answers: readonly Answer[]): Acknowledgement[] {
  const seen = new Set<string>()
  return answers.flatMap((answer) => {
    const { key, outcome, id } = answer
    if (id === undefined || id === '' || !isPromise(outcome)) return []
    const mark = `${key} ${outcome} ${id}`
    if (seen.has(mark)) return []
    seen.add(mark)
    // A cancellation has no key of its own.
    return [{ status: outcome, requestId: id, ...(answer.ask === 'cancel' ? {} : { key }) }]
  })
}

function isPromise(outcome: Outcome): outcome is Acknowledgement['status'] {
  return ['booked', 'pending', 'queued', 'refused', 'cancelled'].includes(outcome)
}

/** How often each outcome was told, for the progress line. */
export function countsOf(answers: readonly Answer[]): Partial<Record<Outcome, number>> {
  const counts: Partial<Record<Outcome, number>> = {}
  for (const { outcome } of answers) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}
