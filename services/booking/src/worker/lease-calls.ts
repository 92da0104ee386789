import { namesOf } from '@medqueue/contracts'
import type { Broker } from '@medqueue/messaging'

export interface LeaseCallsOptions {
  broker: Broker
  prefix: string
  /** Name of this worker; its own calls are none to it. */
  owner: string
  /** Another worker has called. */
  onCall: () => void
  /** How often it is told at most; milliseconds. */
  everyMs?: number
}

export interface LeaseCalls {
  /** Calls the other workers to a round: partitions have been given back, or this worker wants its share. */
  call: () => void
  stop: () => void
}

/** A round is three short statements; while many workers come and go at once, each makes so few of them. */
const CALL_EVERY_MS = 50

/**
 * Workers call each other when partitions are to change hands, so that nobody waits for the next round. Calls may be
 * lost: the rounds find everything by themselves, only later.
 *
 *   quiet --call--> told --50 ms--> (called meanwhile? told : quiet)
 */
export function createLeaseCalls(options: LeaseCallsOptions): LeaseCalls {
  const { broker, prefix, owner, onCall, everyMs = CALL_EVERY_MS } = options
  const subject = namesOf(prefix).subjects.leases
  let called = false
  let timer: NodeJS.Timeout | undefined
  const tell = () => {
    timer = undefined
    if (!called) return
    called = false
    timer = setTimeout(tell, everyMs)
    onCall()
  }
  const subscription = broker.nc.subscribe(subject, {
    callback: (error, message) => {
      if (error !== null || message.string() === owner) return
      called = true
      if (timer === undefined) tell()
    },
  })
  return {
    call: () => {
      // Else the client would keep the call, and send it when the partitions have long found their workers.
      if (broker.connected()) broker.nc.publish(subject, owner)
    },
    stop: () => {
      clearTimeout(timer)
      subscription.unsubscribe()
    },
  }
}
