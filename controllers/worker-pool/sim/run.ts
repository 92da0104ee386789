import { ArrivalLog } from '../src/decide/arrivals.ts'
import { decide } from '../src/decide/decide.ts'
import { freshMemory } from '../src/decide/memory.ts'
import type { Decision, Policy, Reading } from '../src/decide/types.ts'
import { isQuiet, tickMs } from '../src/tick.ts'
import { Cluster, type ClusterModel } from './cluster.ts'
import type { Trace } from './traces.ts'

/** Signals take so long to the operator, and its writes to the Deployment; seconds. */
const SIGNAL_SECONDS = 0.02
const WRITE_SECONDS = 0.05

export interface Outcome {
  name: string
  p50: number
  p95: number
  p99: number
  /** Share of messages that waited longer than the drain SLO. */
  late: number
  /** Seconds from the first message to the last done. */
  drain: number
  podSeconds: number
  /** podSeconds by the ideal. */
  cost: number
  peak: number
  reversals: number
  /** Seconds from the first message until a worker was first asked for. */
  firstAsked: number
  unserved: number
}

export interface SimOptions {
  /** Told of every change of the number of workers. */
  onScale?: (seconds: number, replicas: number, decision: Decision) => void
  policy: Policy
  model: ClusterModel
  seed: number
}

/** Runs the real decision against a model of a cluster. Deterministic for a seed. */
export function simulate(trace: Trace, { policy, model, seed, onScale }: SimOptions): Outcome {
  const cluster = new Cluster(model, trace.arrivals, seed)
  const scaling = new Scaling()
  const log = new ArrivalLog()
  // The operator has been there for a while, and its clock has no phase in common with the trace.
  const phase = ((seed * 37) % 100) / 100
  let memory = freshMemory(-60_000, policy)
  for (let now = -20 + phase; now < trace.horizon;) {
    cluster.runUntil(now)
    const reading = read(cluster, log, now)
    const workers = {
      replicas: cluster.replicas,
      ready: cluster.ready(now),
      up: cluster.ready(now),
      draining: 0,
      drained: 0,
      leaving: 0,
      rollout: false,
      settling: false,
      disruptionsAllowed: undefined,
    }
    const decision = decide(memory, { now: now * 1_000, policy, prewarm: 0, workers, reading })
    memory = decision.memory
    // The model's workers have finished when they are told to go: draining is part of `stopSeconds`.
    const target = decision.replicas - decision.drain
    if (target !== cluster.replicas) {
      cluster.runUntil(now + WRITE_SECONDS)
      cluster.scale(target, now + WRITE_SECONDS)
      scaling.to(target, now)
      onScale?.(now, target, decision)
    }
    now = nextTick(now, trace, tickMs(decision, reading))
  }
  cluster.close(trace.horizon)
  return outcomeOf(trace, cluster, scaling, policy)
}

/** The next look: after the pause of the controller, or at once when something arrives while nobody works. */
function nextTick(now: number, trace: Trace, pauseMs: number): number {
  const quiet = pauseMs / 1_000
  if (!isQuiet(pauseMs)) return now + quiet
  const wake = trace.arrivals.find((at) => at + SIGNAL_SECONDS > now)
  return wake === undefined ? now + quiet : Math.min(now + quiet, wake + SIGNAL_SECONDS)
}

function read(cluster: Cluster, log: ArrivalLog, now: number): Reading {
  const seen = now - SIGNAL_SECONDS
  const arrived = cluster.arrived(seen)
  log.add(arrived - log.total, now * 1_000)
  const worked = cluster.worked(seen)
  const { requests: served } = worked
  return {
    freshAt: now * 1_000,
    depth: Math.max(0, arrived - served),
    inflight: Math.min(arrived - served, cluster.ready(now)),
    oldestAgeMs: undefined,
    arrivals: arrived,
    recent: log.recent(now * 1_000),
    served,
    worked,
    parallelism: Infinity,
  }
}

class Scaling {
  #last = 0
  #direction = 0
  peak = 0
  reversals = 0
  firstAt: number | undefined

  to(replicas: number, now: number): void {
    const direction = Math.sign(replicas - this.#last)
    if (this.#direction !== 0 && direction !== this.#direction) this.reversals += 1
    this.#direction = direction
    this.#last = replicas
    this.peak = Math.max(this.peak, replicas)
    this.firstAt ??= now
  }
}

function outcomeOf(trace: Trace, cluster: Cluster, scaling: Scaling, policy: Policy): Outcome {
  const waits = cluster.waits.toSorted((a, b) => a - b)
  const quantile = (share: number) => waits[Math.ceil(waits.length * share) - 1] ?? 0
  return {
    name: trace.name,
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
    late: waits.filter((wait) => wait * 1_000 > policy.drainSloMs).length / waits.length,
    drain: cluster.finishedAt,
    podSeconds: cluster.podSeconds,
    cost: cluster.podSeconds / trace.idealSeconds,
    peak: scaling.peak,
    reversals: scaling.reversals,
    firstAsked: scaling.firstAt ?? Infinity,
    unserved: trace.arrivals.length - waits.length,
  }
}
