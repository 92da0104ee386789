/** What the last line adds up: each group must be 0. */
export const GROUPS = [
  'doctor_double_bookings',
  'patient_double_bookings',
  'resource_double_bookings',
  'lost',
  'duplicate_effects',
  'order_violations',
  'event_disagreements',
] as const
export type Group = (typeof GROUPS)[number]

const kind = (group: Group, title: string) => ({ group, title })

/** Everything the audit looks for. */
export const KINDS = {
  doctor_double_booked: kind('doctor_double_bookings', 'A doctor has two active appointments at one time'),
  doctor_double_booked_before: kind(
    'doctor_double_bookings',
    'By the events, a doctor had two appointments at one time',
  ),
  patient_double_booked: kind('patient_double_bookings', 'A patient has two active appointments at one time'),
  patient_double_booked_before: kind(
    'patient_double_bookings',
    'By the events, a patient had two appointments at one time',
  ),
  room_double_booked: kind('resource_double_bookings', 'A room has two active appointments at one time'),
  device_double_booked: kind('resource_double_bookings', 'A device has two active appointments at one time'),
  acknowledged_without_decision: kind('lost', 'An acknowledged request has no decision'),
  acknowledged_without_appointment: kind('lost', 'An appointment was promised and is not there'),
  acknowledged_otherwise: kind('lost', 'The answer given and the decision on record differ'),
  cancellation_lost: kind('lost', 'A cancellation was confirmed and the appointment is still active'),
  committed_without_decision: kind('lost', 'The queue counts a request as done and it has no decision'),
  still_queued: kind('lost', 'A request is still in the queue after the time to settle'),
  booked_without_appointment: kind('lost', 'A request was decided booked or pending without an appointment'),
  unpublished_event: kind('lost', 'An event is still in the outbox after the time to settle'),
  event_missing: kind('lost', 'A decision or a cancellation was never told in an event'),
  key_with_two_requests: kind('duplicate_effects', 'One idempotency key was answered with two ids'),
  request_decided_twice: kind('duplicate_effects', 'A request has two decisions'),
  appointment_twice: kind('duplicate_effects', 'An appointment id is there twice'),
  appointment_without_request: kind('duplicate_effects', 'An appointment belongs to no request decided so'),
  request_announced_twice: kind('duplicate_effects', 'Two different events tell the decision of one request'),
  decided_out_of_order: kind(
    'order_violations',
    'A request was decided before an earlier one of its partition',
  ),
  decided_beyond_committed: kind(
    'order_violations',
    'A decision lies beyond the committed place of its partition',
  ),
  place_used_twice: kind('order_violations', 'Two requests claim one place in the queue'),
  overtaken: kind('order_violations', 'A request was refused for an appointment that came later'),
  refused_without_cause: kind('order_violations', 'A slot was refused as taken and nothing was in its way'),
  event_without_row: kind(
    'event_disagreements',
    'An event tells of an appointment or request that has no row',
  ),
  event_disagrees: kind('event_disagreements', 'The replayed events and the row differ'),
} as const satisfies Record<string, { group: Group; title: string }>
export type FindingKind = keyof typeof KINDS

/** Names and values that lead to one case; ids and times only. */
export type Example = Record<string, string | number | null>

export interface Finding {
  kind: FindingKind
  group: Group
  title: string
  count: number
  /** Up to ten. */
  examples: Example[]
}

const MOST_EXAMPLES = 10

/** Collects findings while the checks run. */
export class Findings {
  readonly #byKind = new Map<FindingKind, Finding>()

  add(name: FindingKind, example: Example): void {
    const finding = this.#of(name)
    finding.count += 1
    if (finding.examples.length < MOST_EXAMPLES) finding.examples.push(example)
  }

  /** For checks that count in SQL and bring a few rows only. */
  addMany(name: FindingKind, count: number, examples: readonly Example[]): void {
    if (count === 0) return
    const finding = this.#of(name)
    finding.count += count
    finding.examples.push(...examples.slice(0, MOST_EXAMPLES - finding.examples.length))
  }

  /** One entry a kind, in the order of `KINDS`, also for kinds with nothing found. */
  list(): Finding[] {
    return (Object.keys(KINDS) as FindingKind[]).map((name) => this.#of(name))
  }

  totals(): Record<Group, number> {
    const sum = (group: Group) =>
      this.list().reduce((total, finding) => total + (finding.group === group ? finding.count : 0), 0)
    return Object.fromEntries(GROUPS.map((group) => [group, sum(group)])) as Record<Group, number>
  }

  #of(name: FindingKind): Finding {
    const known = this.#byKind.get(name)
    if (known !== undefined) return known
    const made: Finding = { kind: name, ...KINDS[name], count: 0, examples: [] }
    this.#byKind.set(name, made)
    return made
  }
}
