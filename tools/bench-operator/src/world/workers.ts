import { type Heartbeat, HEARTBEAT_EVERY_MS, scalingSubjectsOf } from '@medqueue/contracts'
import type { Broker } from '@medqueue/messaging'

import { namesFor, PARTITIONS, readsLog } from './names.ts'

/** What idle workers of the logs say every second, spread over it. Workers of consumers need not speak. */
export function startHeartbeats({ nc }: Broker, count: number): { stop: () => void } {
  const indices = Array.from({ length: count }, (_, index) => index).filter(readsLog)
  const timers = indices.map((index) => {
    const { prefix, pool } = namesFor(index)
    const subject = scalingSubjectsOf(prefix).heartbeat(pool)
    const text = JSON.stringify(idleBeat(index))
    return { at: (index / count) * HEARTBEAT_EVERY_MS, beat: () => nc.publish(subject, text) }
  })
  const stops = timers.map(({ at, beat }) => {
    let timer = setTimeout(() => {
      beat()
      timer = setInterval(beat, HEARTBEAT_EVERY_MS)
    }, at)
    return () => clearTimeout(timer)
  })
  return {
    stop: () => {
      for (const stop of stops) stop()
    },
  }
}

function idleBeat(index: number): Heartbeat {
  const { pool, pod } = namesFor(index)
  const load = { inflight: 0, served: 0, busySeconds: 0, depth: 0, oldestAt: null }
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition)
  return { pod, pool, ...load, partitions, draining: false, drained: false }
}
