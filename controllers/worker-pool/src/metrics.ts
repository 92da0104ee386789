import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

import { type Decision, Reason } from './decide/types.ts'
import type { DrainAnswer } from './drainer.ts'

export interface PoolLabels extends Record<string, string> {
  namespace: string
  pool: string
}

export interface PoolMetrics {
  /** What was decided, and as of when something was last known of the queue; monotonic milliseconds. */
  decided: (labels: PoolLabels, decision: Decision, knownAt: number) => void
  /** Nothing can be decided: there are no figures. */
  blocked: (labels: PoolLabels) => void
  /** What the conditions say. */
  told: (labels: PoolLabels, ready: boolean) => void
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

/** Figures of the pools; times in seconds, as Prometheus has them. `now` by the monotonic clock, in milliseconds. */
export function poolMetrics(registry: Registry, now: () => number): PoolMetrics {
  const registers = [registry]
  const latest = new Map<string, Latest>()
  for (const [name, help, figureOf] of FIGURES) addGauge(`medqueue_pool_${name}`, help, figureOf)

  /** Set before a scrape: pools are looked at far more often than anybody asks. */
  function addGauge(name: string, help: string, figureOf: FigureOf) {
    new Gauge({
      name,
      help,
      labelNames: LABELS,
      registers,
      collect() {
        this.reset()
        for (const pool of latest.values()) {
          const figure = figureOf(pool, now())
          if (figure !== undefined) this.set(pool.labels, figure)
        }
      },
    })
  }

  const ready = new Gauge({
    name: 'medqueue_pool_ready',
    help: '1 when the pool is ready, as its conditions say',
    labelNames: LABELS,
    registers,
  })
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
    decided: (labels, decision, knownAt) => {
      decisions.inc({ ...labels, reason: decision.reason })
      // There before the first answer, so that increase() sees it.
      if (!latest.has(idOf(labels))) for (const answer of ANSWERS) drains.inc({ ...labels, answer }, 0)
      latest.set(idOf(labels), { labels, decision, knownAt })
    },
    blocked: (labels) => void latest.delete(idOf(labels)),
    told: (labels, isReady) => ready.set(labels, isReady ? 1 : 0),
    scaled: (labels, from, to) => scalings.inc({ ...labels, direction: to > from ? 'up' : 'down' }),
    woken: (labels, seconds) => wakes.observe(labels, seconds),
    drainAnswered: (labels, answer) => drains.inc({ ...labels, answer }),
    forget: (labels) => {
      latest.delete(idOf(labels))
      for (const metric of [ready, wakes]) metric.remove(labels)
      // prom-client removes only exact sets.
      for (const reason of Object.values(Reason)) decisions.remove({ ...labels, reason })
      for (const direction of DIRECTIONS) scalings.remove({ ...labels, direction })
      for (const answer of ANSWERS) drains.remove({ ...labels, answer })
    },
  }
}

type FigureOf = (latest: Latest, now: number) => number | undefined

/** The last decision about a pool, with which its figures come and go. */
interface Latest {
  labels: PoolLabels
  decision: Pick<Decision, 'want' | 'reason' | 'inputs'>
  knownAt: number
}

const idOf = ({ namespace, pool }: PoolLabels) => `${namespace}/${pool}`

/** A queue that nothing is known of is not an empty one. */
const ifKnown =
  (figureOf: (inputs: Decision['inputs']) => number): FigureOf =>
  ({ decision }) =>
    decision.reason === Reason.signalsStale ? undefined : figureOf(decision.inputs)

const FIGURES: readonly [name: string, help: string, figureOf: FigureOf][] = [
  ['desired_replicas', 'Workers that should serve', ({ decision }) => decision.want],
  ['ready_replicas', 'Workers that are ready and not draining', ({ decision }) => decision.inputs.ready],
  ['draining_replicas', 'Workers that finish, to be taken away', ({ decision }) => decision.inputs.draining],
  ['depth', 'Requests that wait or are worked on', ifKnown(({ depth }) => depth)],
  [
    'oldest_age_seconds',
    'Age of the oldest request that waits',
    ifKnown(({ oldestAgeSeconds = 0 }) => oldestAgeSeconds),
  ],
  ['arrival_rate', 'Requests that arrive in a second', ifKnown(({ arrivalRateSlow }) => arrivalRateSlow)],
  [
    'service_rate',
    'Requests that one worker deals with in a second',
    ({ decision }) => decision.inputs.serviceRate,
  ],
  ['startup_seconds', 'How long a worker takes to start', ({ decision }) => decision.inputs.startupSeconds],
  [
    'signal_age_seconds',
    'Age of the newest thing known of the queue; of the ignorance, when nothing is known yet',
    ({ knownAt }, now) => Math.max(0, now - knownAt) / 1_000,
  ],
]
