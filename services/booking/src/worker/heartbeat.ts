import { type Heartbeat, HEARTBEAT_EVERY_MS, scalingSubjectsOf } from '@medqueue/contracts'
import type { Broker } from '@medqueue/messaging'

import type { Done, Load } from './load.ts'

export interface HeartbeatOptions {
  broker: Broker
  prefix: string
  pool: string
  pod: string
  load: () => Load
  done: Readonly<Done>
  everyMs?: number
}

export interface Heart {
  /** Says at once how far draining is. */
  tell: (state: Pick<Heartbeat, 'draining' | 'drained'>) => void
  stop: () => void
}

/** Says every second how the worker is, so that the operator need not ask the broker. Lost beats do no harm. */
export function startHeartbeat(options: HeartbeatOptions): Heart {
  const { broker, prefix, pool, pod, load, done, everyMs = HEARTBEAT_EVERY_MS } = options
  const subject = scalingSubjectsOf(prefix).heartbeat(pool)
  let state = { draining: false, drained: false }
  const beat = () => {
    if (!broker.connected()) return
    const message: Heartbeat = { pod, pool, ...load(), ...done, ...state }
    broker.nc.publish(subject, JSON.stringify(message))
  }
  beat()
  const timer = setInterval(beat, everyMs)
  return {
    tell: (now) => {
      state = { ...now }
      beat()
    },
    stop: () => clearInterval(timer),
  }
}
