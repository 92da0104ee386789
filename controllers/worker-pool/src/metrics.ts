import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

import { type Decision, Reason } from './decide/types.ts'
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
  drainAnswered: (labels: PoolLabels, answer: Answer) => void
  forget: (labels: PoolLabels) => void
}

const LABELS = ['namespace', 'pool'] as const
const DIRECTIONS = ['up', 'down'] as const
const ANSWERS = ['accepted', 'refused', 'plain', 'silent', 'overdue'] as const satisfies readonly Answer[]

type Answer = DrainAnswer | 'overdue'

/** Figures of the pools; times in seconds, as Prometheus has them. */
export function poolMetrics(registry: Registry): PoolMetrics {
  const registers = [registry]
  const latest = new Map<string, Latest>()
  const gauges = FIGURES.map(([name, help, figureOf]) => gaugeOf(`medqueue_pool_${name}`, help, figureOf))

  /** Set before a scrape: pools are looked at far more often than anybody asks. */
  function gaugeOf(name: string, help: string, figureOf: FigureOf) {
    return new Gauge({
      name,
      help,
      labelNames: LABELS,
      registers,
      collect() {
        for (const { labels, decision } of latest.values()) this.set(labels, figureOf(decision))
      },
    })
  }

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
      latest.set(idOf(labels), { labels, decision })
    },
    scaled: (labels, from, to) => scalings.inc({ ...labels, direction: to > from ? 'up' : 'down' }),
    woken: (labels, seconds) => wakes.observe(labels, seconds),
    drainAnswered: (labels, answer) => drains.inc({ ...labels, answer }),
    forget: (labels) => {
      latest.delete(idOf(labels))
      for (const metric of [...gauges, wakes]) metric.remove(labels)
      // prom-client removes only exact sets.
      for (const reason of Object.values(Reason)) decisions.remove({ ...labels, reason })
      for (const direction of DIRECTIONS) scalings.remove({ ...labels, direction })
      for (const answer of ANSWERS) drains.remove({ ...labels, answer })
    },
  }
}

type Told = Pick<Decision, 'want' | 'inputs'>
type FigureOf = (decision: Told) => number

/** The last decision about a pool. */
interface Latest {
  labels: PoolLabels
  decision: Told
}

const idOf = ({ namespace, pool }: PoolLabels) => `${namespace}/${pool}`

const FIGURES: readonly [name: string, help: string, figureOf: FigureOf][] = [
  ['desired_replicas', 'Workers that should serve', ({ want }) => want],
  ['ready_replicas', 'Workers that are ready and not draining', ({ inputs }) => inputs.ready],
  ['draining_replicas', 'Workers that finish, to be taken away', ({ inputs }) => inputs.draining],
  ['depth', 'Requests that wait or are worked on', ({ inputs }) => inputs.depth],
  [
    'oldest_age_seconds',
    'Age of the oldest request that waits',
    ({ inputs }) => inputs.oldestAgeSeconds ?? 0,
  ],
  ['arrival_rate', 'Requests that arrive in a second', ({ inputs }) => inputs.arrivalRateSlow],
  ['service_rate', 'Requests that one worker deals with in a second', ({ inputs }) => inputs.serviceRate],
  ['startup_seconds', 'How long a worker takes to start', ({ inputs }) => inputs.startupSeconds],
  [
    'signal_age_seconds',
    'Age of the newest thing known of the queue',
    ({ inputs }) => inputs.signalAgeSeconds,
  ],
]
