/**
 * Calendar messages, written and read; no I/O and no clock. Visit: an appointment as a calendar shows it. Message: one
 * visit sent to somebody (iTIP, RFC 5546), with its method. Feed: many visits to subscribe to. UID: what calendars
 * know a visit by. Sequence: how often its time, place or status have changed. Busy time: when somebody else's
 * calendar says that its owner is taken.
 */
export { busyTimes, type BusyQuestion } from './busy/busy-times.ts'
export { BUSY_FAULTS, BusyError, type BusyFault } from './busy/errors.ts'
export { BUSY_LIMITS, type BusyLimits } from './busy/limits.ts'
export { feed, type FeedOptions } from './feed.ts'
export {
  cancellation,
  contentTypeOf,
  invitation,
  type CalendarMessage,
  type Method,
  type Parties,
  publication,
  update,
} from './message.ts'
export { nextSequence, type Seen, sequenceOf } from './sequence.ts'
export { visitStatusOf } from './status.ts'
export { isOwnUid, uidOf } from './uid.ts'
export type { Interval, Person, Place, Visit, VisitStatus } from './visit.ts'
export { vtimezone } from './vtimezone.ts'
export { clockTime } from './wall-clock.ts'
