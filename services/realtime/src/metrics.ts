import { gaugeOf, type Service } from '@medqueue/service-kit'
import { Counter, Gauge, Histogram } from 'prom-client'

export interface RealtimeMetrics {
  /** Messages sent to sockets, by way: live, replay while catching up, or of slots. */
  delivered: Counter<'way'>
  /** Seconds from the broker's storing of an event to its sending. */
  delay: Histogram
  /** Events in the broker that this replica has not read yet. */
  lag: Gauge
  /** Sockets that have ended, by reason. */
  closed: Counter<'reason'>
  /** Messages of the stream that are no appointment event. */
  undecodable: Counter
  /** Errors while catching up; each is tried again. */
  replayFailures: Counter
}

/** How many sockets are open now: of people, and of those who look at slots. */
export interface OpenSockets {
  people: () => number
  slots: () => number
}

/** The figures of the hub, beside those every service has. */
export function realtimeMetrics(app: Service, open: OpenSockets): RealtimeMetrics {
  const { registry } = app.metrics
  const registers = [registry]
  gaugeOf(registry, 'realtime_open_sockets', 'Sockets of people open now', open.people)
  gaugeOf(registry, 'realtime_open_slot_sockets', 'Sockets open now of those who look at slots', open.slots)
  return {
    delivered: new Counter({
      name: 'realtime_delivered_total',
      help: 'Events sent to sockets',
      labelNames: ['way'],
      registers,
    }),
    delay: new Histogram({
      name: 'realtime_delivery_seconds',
      help: 'From the storing of an event in the broker to its sending to sockets',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
      registers,
    }),
    lag: new Gauge({
      name: 'realtime_lag_events',
      help: 'Events in the broker that this replica has not read yet',
      registers,
    }),
    closed: new Counter({
      name: 'realtime_closed_total',
      help: 'Sockets that have ended',
      labelNames: ['reason'],
      registers,
    }),
    undecodable: new Counter({
      name: 'realtime_undecodable_total',
      help: 'Messages of the stream that are no appointment event',
      registers,
    }),
    replayFailures: new Counter({
      name: 'realtime_replay_failures_total',
      help: 'Interrupted replays; each is tried again',
      registers,
    }),
  }
}
