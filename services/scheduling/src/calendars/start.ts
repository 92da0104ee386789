import { namesOf, streamsOf } from '@medqueue/contracts'
import { type Broker, type Log, type Projection, startProjection } from '@medqueue/messaging'

import type { Core } from '../core.ts'
import { GATHER_MS } from '../events/appointments.ts'
import { createBusyReader } from './busy/reader.ts'
import { CALENDAR_SUBJECTS, takePlace, takeVisits } from './events.ts'
import { startCalendarJob } from './job.ts'
import { PUBLIC_INTERNET } from './outside/world.ts'

export interface CalendarWork {
  core: Core
  broker: Broker
  logger: Log
  prefix: string
}

/** Everything of calendars that runs by itself: what feeds are made of, and the look at outside calendars. */
export async function startCalendars({ core, broker, logger, prefix }: CalendarWork): Promise<{
  projections: readonly Projection[]
  /** Resolves when every event published before the call has been taken. */
  caughtUp: () => Promise<void>
  stop: () => Promise<void>
}> {
  const { appointmentEvents, directoryEvents } = streamsOf(prefix)
  const shared = { broker, pool: core.pool, logger, prefix }
  const subjects = (patterns: readonly string[]) => patterns.map(namesOf(prefix).subject)
  const projections = await Promise.all([
    startProjection({
      ...shared,
      stream: appointmentEvents.name,
      durable: 'scheduling-calendars',
      subjects: subjects(CALENDAR_SUBJECTS.appointments),
      handle: { together: takeVisits },
      gatherMs: GATHER_MS,
    }),
    startProjection({
      ...shared,
      stream: directoryEvents.name,
      durable: 'scheduling-calendar-places',
      subjects: subjects(CALENDAR_SUBJECTS.places),
      handle: takePlace,
    }),
  ])
  const job = startCalendarJob({ core, world: PUBLIC_INTERNET, reader: createBusyReader(), logger })
  return {
    projections,
    caughtUp: async () => {
      await Promise.all(projections.map(async ({ caughtUp }) => caughtUp()))
    },
    stop: async () => {
      await Promise.all([job.stop(), ...projections.map(async ({ stop }) => stop())])
    },
  }
}
