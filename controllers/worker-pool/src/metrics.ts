import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

import type { Decision } from './decide/types.ts'
import type { DrainAnswer } from './drainer.ts'

export interface PoolLabels extends Record<string, string> {
  namespace: string
  pool: string
}

export interface PoolMetrics {
  decided: (labels: PoolLabels, decision: Decision) => void
  scaled: (labels: PoolLabels, from: number, to: number) => void
  /** From the first signal while no worker ran until one was asked for; seconds. */
  woken: (labels: PoolLabels, seconds: number) => void
  drainAnswered: (labels: PoolLabels, answer: DrainAnswer | 'overdue') => void
  forget: (labels: PoolLabels) => void
}

const LABELS = ['namespace', 'pool'] as const

/** Figures of the pools; times in seconds, as Prometheus has them. */
export function poolMetrics(registry: Registry): PoolMetrics {
  const registers = [registry]
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `medqueue_pool_${name}`, help, labelNames: LABELS, registers })
  const gauges = gaugesOf(gauge)
  const decisions = new Counter({
    name: 'medqueue_pool_decisions_total',
    help: 'Decisions, by reason',
    labelNames: [...LABELS, 'reason'],
    registers,
  })
  const scalings = new Counter({
    name: 'medqueue_pool_scalings_total',
    help: 'Changes of the number of workers asked for',
    labelNames: [...LABELS, 'direction'],
    registers,
  })
  const drains = new Counter({
    name: 'medqueue_pool_drains_total',
    help: 'What workers answered when asked to finish; overdue: one that did not finish in time',
    labelNames: [...LABELS, 'answer'],
    registers,
  })
  const wakes = new Histogram({
    name: 'medqueue_pool_wake_seconds',
    help: 'From the first request while no worker ran until a worker was asked for',
    labelNames: LABELS,
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  })
  return {
    decided: (labels, decision) => {
      decisions.inc({ ...labels, reason: decision.reason })
      for (const [metric, value] of figuresOf(gauges, decision)) metric.set(labels, value)
    },
    scaled: (labels, from, to) => scalings.inc({ ...labels, direction: to > from ? 'up' : 'down' }),
    woken: (labels, seconds) => wakes.observe(labels, seconds),
    drainAnswered: (labels, answer) => drains.inc({ ...labels, answer }),
    forget: (labels) => {
      for (const metric of Object.values(gauges)) metric.remove(labels)
    },
  }
}

type NewGauge = (name: string, help: string) => Gauge<(typeof LABELS)[number]>

const gaugesOf = (gauge: NewGauge) => ({
  desired: gauge('desired_replicas', 'Workers that should serve'),
  ready: gauge('ready_replicas', 'Workers that are ready and not draining'),
  draining: gauge('draining_replicas', 'Workers that finish, to be taken away'),
  depth: gauge('depth', 'Requests that wait or are worked on'),
  oldest: gauge('oldest_age_seconds', 'Age of the oldest request that waits'),
  arrivals: gauge('arrival_rate', 'Requests that arrive in a second'),
  service: gauge('service_rate', 'Requests that one worker deals with in a second'),
  startup: gauge('startup_seconds', 'How long a worker takes to start'),
  signalAge: gauge('signal_age_seconds', 'Age of the newest thing known of the queue'),
})

function figuresOf(gauges: ReturnType<typeof gaugesOf>, { want, inputs }: Decision): [Gauge, number][] {
  return [
    [gauges.desired, want],
    [gauges.ready, inputs.ready],
    [gauges.draining, inputs.draining],
    [gauges.depth, inputs.depth],
    [gauges.oldest, inputs.oldestAgeSeconds ?? 0],
    [gauges.arrivals, inputs.arrivalRateSlow],
    [gauges.service, inputs.serviceRate],
    [gauges.startup, inputs.startupSeconds],
    [gauges.signalAge, inputs.signalAgeSeconds],
  ]
}
