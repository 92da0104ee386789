import { type AppointmentEvent, isActive, namesOf, WINDOWS_CHANGED } from '@medqueue/contracts'
import { Alarm, type Broker, type Log } from '@medqueue/messaging'

import { lookNow } from '../store/waitlist-line.ts'
import { type OfferDeps, takeOneTurn } from './offer.ts'
import { settle } from './settle.ts'

export interface WaitlistOptions extends OfferDeps {
  broker: Broker
  logger: Log
  prefix: string
  /** Pause between two looks when nobody calls; milliseconds, default 1,000. */
  everyMs?: number
}

/** What becomes free in a moment is looked at together; and this replica's memory of it has heard of it by then. */
const GATHER_MS = 50

/**
 * Offers what becomes free to those who wait, in every api: they take turns. It hears of visits that end or move and of
 * new working hours, and looks by itself now and then at those of whom nobody has told.
 */
export function startWaitlist(options: WaitlistOptions): { stop: () => Promise<void> } {
  const { broker, logger, prefix, pool, everyMs = 1_000 } = options
  const { subject } = namesOf(prefix)
  const stopping = new AbortController()
  const [bell, quiet] = [new Alarm(), new Alarm()]
  const freed = new Set<string>()
  const free = (doctorId: string) => {
    freed.add(doctorId)
    bell.ring()
  }
  const subscriptions = [
    broker.nc.subscribe(subject('appointment.>'), {
      callback: (error, message) => {
        if (error !== null) return
        for (const doctorId of freedBy(message.json<{ data?: Partial<AppointmentEvent> }>().data ?? {}))
          free(doctorId)
      },
    }),
    broker.nc.subscribe(subject(WINDOWS_CHANGED), {
      callback: (error, message) => {
        if (error === null) free(message.string())
      },
    }),
  ]
  const round = async () => {
    const doctorIds = [...freed]
    freed.clear()
    if (doctorIds.length > 0) await lookNow(pool, doctorIds)
    await settle(pool)
    while (!stopping.signal.aborted && isBusy(await takeOneTurn(options)));
  }
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await round().catch((error: unknown) => {
        logger.warn({ err: error }, 'The waitlist could not be looked through; trying again')
      })
      await bell.wait(everyMs)
      if (freed.size > 0) await quiet.wait(GATHER_MS)
    }
  })()
  return {
    stop: async () => {
      stopping.abort()
      for (const subscription of subscriptions) subscription.unsubscribe()
      quiet.ring()
      bell.ring()
      await running
    },
  }
}

const isBusy = (turn: string) => turn === 'offered' || turn === 'looked'

/** Doctors of whose time an event frees some. */
function freedBy({ doctorId, status, previous }: Partial<AppointmentEvent>): string[] {
  const ended = doctorId !== undefined && status !== undefined && status !== 'refused' && !isActive(status)
  return [...(ended ? [doctorId] : []), ...(previous === undefined ? [] : [previous.doctorId])]
}
