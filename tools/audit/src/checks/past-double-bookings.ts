import type { Findings } from '../findings.ts'
import type { Story } from '../sources/history.ts'
import { IntervalIndex } from './interval-index.ts'
import { iso } from './iso.ts'

/** Pairs that the rows have shown already. */
export type KnownPairs = ReadonlySet<string>

export const pairKey = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`)

/**
 * Looks for two appointments that stood at the same time for overlapping visits, by the events alone, so also for those
 * that were cancelled since. Both the order in the stream and the times must say so: a cancellation that committed just
 * before the next booking may carry a time just after it, and a broker that came back may store two events swapped.
 */
export function checkPast(
  stories: Iterable<Story>,
  findings: Findings,
  known: { doctor: KnownPairs; patient: KnownPairs },
): void {
  const doctors = new IntervalIndex<Story>()
  const patients = new IntervalIndex<Story>()
  for (const story of stories) {
    if (story.decidedSeq === 0 || story.status === 'refused' || Number.isNaN(story.visitTo)) continue
    if (!story.shares) doctors.add(story.doctorId, story.visitFrom, story.visitTo, story)
    patients.add(story.patientId, story.visitFrom, story.visitTo, story)
  }
  report(doctors, findings, 'doctor_double_booked_before', known.doctor)
  report(patients, findings, 'patient_double_booked_before', known.patient)
}

function report(
  index: IntervalIndex<Story>,
  findings: Findings,
  kind: 'doctor_double_booked_before' | 'patient_double_booked_before',
  known: KnownPairs,
): void {
  for (const [owner, one, other] of index.pairs()) {
    if (known.has(pairKey(one.id, other.id)) || !stoodTogether(one, other)) continue
    const [first, second] = one.decidedSeq < other.decidedSeq ? [one, other] : [other, one]
    findings.add(kind, {
      owner,
      appointment: first.id,
      decidedAt: iso(first.decidedAt),
      endedAt: first.endedAt === undefined ? null : iso(first.endedAt),
      other: second.id,
      otherDecidedAt: iso(second.decidedAt),
    })
  }
}

function stoodTogether(one: Story, other: Story): boolean {
  const bySeq = overlap(one.decidedSeq, one.endedSeq, other.decidedSeq, other.endedSeq)
  return bySeq && overlap(one.decidedAt, one.endedAt, other.decidedAt, other.endedAt)
}

function overlap(aFrom: number, aTo = Infinity, bFrom: number, bTo = Infinity): boolean {
  return aFrom < bTo && bFrom < aTo
}
