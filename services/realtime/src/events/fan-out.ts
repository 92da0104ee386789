import { namesOf, WINDOWS_CHANGED } from '@medqueue/contracts'
import type { Broker, Log } from '@medqueue/messaging'
import type { JsMsg } from '@nats-io/jetstream'

import { renderSlots } from '../domain/message.ts'
import { slotChangesOf } from '../domain/slot-changes.ts'
import type { Hub } from '../hub/hub.ts'
import type { SlotTopics } from '../hub/slot-topics.ts'
import type { RealtimeMetrics } from '../metrics.ts'
import { decode } from './decode.ts'

export interface FanOutOptions {
  hub: Hub
  topics: SlotTopics
  metrics: RealtimeMetrics
  prefix: string
  now: () => Date
}

/** Takes one message of the stream: to the people concerned, and to those who look at the slots. */
export function fanOut(message: JsMsg, { hub, topics, metrics, prefix, now }: FanOutOptions): void {
  const { seq, info } = message
  const decoded = decode(message, prefix)
  metrics.lag.set(info.pending)
  if (decoded === undefined) {
    metrics.undecodable.inc()
    return hub.skip(seq)
  }
  const { entry, envelope } = decoded
  hub.publish(entry)
  for (const { type, ...change } of slotChangesOf(envelope)) {
    if (!topics.isWatched(change.doctorId)) continue
    const told = topics.publish(change.doctorId, renderSlots(seq, type, envelope.occurredAt, change))
    metrics.delivered.inc({ way: 'slots' }, told)
  }
  metrics.delay.observe(Math.max(0, now().getTime() - info.timestampNanos / 1e6) / 1_000)
}

export interface FollowWindowsOptions extends FanOutOptions {
  broker: Broker
  logger: Log
  /** Told when something may have been missed. */
  onGap: () => void
}

/**
 * Tells those who look at slots that booking knows new windows of a doctor. It is said once, to whoever listens: after a
 * broken connection nobody knows what was said meanwhile.
 */
export function followWindows(options: FollowWindowsOptions): { stop: () => void } {
  const { broker, logger, hub, topics, metrics, prefix, now, onGap } = options
  const subscription = broker.nc.subscribe(namesOf(prefix).subject(WINDOWS_CHANGED), {
    callback: (error, message) => {
      if (error !== null) return logger.warn({ err: error }, 'Following of windows failed')
      const doctorId = message.string()
      const change = { doctorId, start: null, end: null }
      const text = renderSlots(hub.recent.head, 'slots.changed', now().toISOString(), change)
      metrics.delivered.inc({ way: 'slots' }, topics.publish(doctorId, text))
    },
  })
  void (async () => {
    for await (const { type } of broker.nc.status()) {
      if (subscription.isClosed()) return
      if (type === 'reconnect') onGap()
    }
  })()
  return { stop: () => subscription.unsubscribe() }
}
