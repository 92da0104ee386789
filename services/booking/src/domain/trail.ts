import type { ActorPart, AppointmentStatus } from '@medqueue/contracts'

import { dateAt, timeAt } from './clinic-day.ts'

/** What a change left behind, as people call it. */
export interface Visit {
  /** Unix seconds. */
  start: number
  /** IANA zone of the clinic, by whose clocks times are told. */
  zone: string
  doctor: string
  service: string
  clinic: string
}

/** One change of an appointment. */
export interface Change {
  action: string
  by: ActorPart | 'proxy'
  status: AppointmentStatus
  /** As far as the reader may know it. */
  reason: string | null
  visit: Visit
}

const ACTORS: Readonly<Record<Change['by'], string>> = {
  patient: 'the patient',
  doctor: 'the doctor',
  staff: 'the clinic',
  system: 'the system',
  proxy: 'somebody who acts for the patient',
}

/** What was done, by its action; who did it is said behind. */
const DONE: Readonly<Record<string, string>> = {
  extend: 'Held for longer',
  release: 'Let go',
  approve: 'Approved',
  decline: 'Declined',
  cancel: 'Cancelled',
  arrive: 'Arrival told',
  'check-in': 'Checked in',
  start: 'Visit begun',
  complete: 'Visit completed',
  'no-show': 'Marked as missed',
  void: 'Marked as entered in error',
}

/**
 * A change in a plain English sentence, at the clinic's times, such as `Moved by the patient from 2026-12-08 08:00 to
 * 2026-12-09 09:30 (Europe/Paris).` `before`: the change before it, if there was one.
 */
export function inWords(
  { action, by, status, reason, visit }: Change,
  before: Pick<Change, 'status' | 'visit'> | undefined,
): string {
  const who = `by ${ACTORS[by]}`
  const why = reason === null ? '' : `: ${reason}`
  if (action === 'move' && before !== undefined)
    return `Moved ${who}${differences(before.visit, visit)}${why}.`
  if (action === 'expire') return lapseOf(before?.status)
  if (action === 'hold' || action === 'request') {
    const made = { held: 'Held', pending: 'Requested' }[status as string] ?? 'Booked'
    return `${made} ${who}: ${visit.service} with ${visit.doctor}, ${momentOf(visit)}, ${visit.clinic}.`
  }
  return `${DONE[action] ?? 'Changed'} ${who}${why}.`
}

const lapseOf = (status: AppointmentStatus | undefined) =>
  `Lapsed: ${status === 'held' ? 'it was not booked' : 'nobody answered'} in time.`

/** What differs, each old and new; the time first, since that is what most moves are about. */
function differences(before: Visit, after: Visit): string {
  const sameZone = before.zone === after.zone
  const from = sameZone ? wallOf(before) : momentOf(before)
  const parts = [
    before.start === after.start && sameZone ? '' : ` from ${from} to ${momentOf(after)}`,
    ...(['doctor', 'service', 'clinic'] as const).map((what) =>
      before[what] === after[what] ? '' : `, ${what} from ${before[what]} to ${after[what]}`,
    ),
  ]
  return parts.join('').replace(/^,/, ':')
}

const wallOf = ({ start, zone }: Visit) => `${dateAt(start, zone)} ${timeAt(start, zone)}`

const momentOf = (visit: Visit) => `${wallOf(visit)} (${visit.zone})`
