import type { Person } from '@medqueue/icalendar'

import type { Core } from '../core.ts'

/** What calendars need besides the core. */
export interface Calendars {
  core: Core
  /** Where the platform is reached from outside, without a path: the beginning of a feed's address. */
  origin: string
  /** Whom calendars name as the organizer of visits. */
  organizer: Person
  /** A new secret, of 256 bits. */
  newToken: () => string
}
