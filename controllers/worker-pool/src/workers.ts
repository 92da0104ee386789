import type { Heartbeat } from '@medqueue/contracts'

import type { Workers } from './decide/types.ts'
import type { Budget, Deployment, Pod } from './kinds.ts'
import { matches } from './selector.ts'
import { DRAINING_SINCE } from './world.ts'

/** A worker of the pool: a pod that exists, has not ended and is not on its way out. */
export interface Worker {
  name: string
  uid: string
  ready: boolean
  /** It has spoken, so it may be at work, ready or not. */
  heard: boolean
  createdAt: number
  /** Since when it is to finish; undefined when it serves. Unix milliseconds. */
  drainingSince: number | undefined
  /** How long Kubernetes itself would give it to end; milliseconds. */
  graceMs: number
  /** Requests it is working on, as far as it says. */
  inflight: number
  /** It has said that it has finished. */
  saysDrained: boolean
}

/** What this process has done to a pod before its cache has shown it. */
export interface Marks {
  /** Pods marked as draining, by uid, and when. */
  marked: ReadonlyMap<string, number>
  /** Pods whose worker does not know how to drain, by uid: the signal to end must do. */
  plain: ReadonlySet<string>
}

const DEFAULT_GRACE_SECONDS = 30

export function workersOf(
  deployment: Deployment,
  pods: readonly Pod[],
  marks: Marks,
  heartbeatOf: (pod: string) => Heartbeat | undefined,
): Worker[] {
  return pods
    .filter((pod) => isAlive(pod) && matches(deployment.spec.selector, pod.metadata.labels))
    .map((pod) => workerOf(pod, marks, heartbeatOf(pod.metadata.name)))
}

function workerOf({ metadata, spec, status }: Pod, marks: Marks, beat: Heartbeat | undefined): Worker {
  const { name, uid, annotations, creationTimestamp = '' } = metadata
  const since = annotations?.[DRAINING_SINCE]
  return {
    name,
    uid,
    ready: (status?.conditions ?? []).some(({ type, status: holds }) => type === 'Ready' && holds === 'True'),
    createdAt: Date.parse(creationTimestamp) || 0,
    drainingSince: since === undefined ? marks.marked.get(uid) : Date.parse(since),
    graceMs: (spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) * 1_000,
    ...saidBy(beat),
  }
}

const saidBy = (beat: Heartbeat | undefined) => ({
  heard: beat !== undefined,
  inflight: beat?.inflight ?? 0,
  saysDrained: beat?.drained ?? false,
})

function isAlive({ metadata, status }: Pod): boolean {
  return (
    metadata.deletionTimestamp === undefined && status?.phase !== 'Failed' && status?.phase !== 'Succeeded'
  )
}

/** True when nothing more is gained by waiting for the worker: it has finished, cannot say so, or takes too long. */
export function hasDrained(worker: Worker, { plain }: Pick<Marks, 'plain'>, now: number): boolean {
  if (worker.drainingSince === undefined) return false
  return worker.saysDrained || plain.has(worker.uid) || isOverdue(worker, now)
}

/** It was given the time that Kubernetes would give it, and has not finished. */
export function isOverdue({ drainingSince, graceMs }: Worker, now: number): boolean {
  return drainingSince !== undefined && now - drainingSince > graceMs
}

/** Counts the workers. Pods beyond what the Deployment is asked for are about to go, the draining ones first. */
export function countWorkers(
  deployment: Deployment,
  workers: readonly Worker[],
  {
    plain,
    now,
    budgets,
    pods,
  }: Pick<Marks, 'plain'> & { now: number; budgets: readonly Budget[]; pods: readonly Pod[] },
): Workers {
  const replicas = deployment.spec.replicas ?? 1
  const leaving = Math.max(0, workers.length - replicas)
  const draining = workers.filter(({ drainingSince }) => drainingSince !== undefined)
  const serving = workers.filter(({ drainingSince }) => drainingSince === undefined)
  const drained = draining.filter((worker) => hasDrained(worker, { plain }, now))
  return {
    replicas,
    ready: serving.filter(({ ready }) => ready).length,
    up: serving.filter(({ ready, heard }) => ready || heard).length,
    draining: Math.max(0, draining.length - leaving),
    drained: Math.max(0, drained.length - leaving),
    rollout: isRollingOut(deployment),
    settling: leaving > 0,
    disruptionsAllowed: leastAllowed(deployment, pods, budgets),
  }
}

function isRollingOut({ metadata, status }: Deployment): boolean {
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0)) return true
  return (status?.updatedReplicas ?? 0) < (status?.replicas ?? 0)
}

function leastAllowed(
  { spec }: Deployment,
  pods: readonly Pod[],
  budgets: readonly Budget[],
): number | undefined {
  const own = pods.find(({ metadata }) => matches(spec.selector, metadata.labels))
  const allowed = budgets
    .filter((budget) => own !== undefined && matches(budget.spec?.selector, own.metadata.labels))
    .map(({ status }) => status?.disruptionsAllowed ?? 0)
  return allowed.length === 0 ? undefined : Math.min(...allowed)
}

/**
 * Who goes first: those that Kubernetes would take away first, as it finds them unready; then those with the least to
 * finish, then the youngest.
 */
export function chooseVictims(workers: readonly Worker[], count: number): Worker[] {
  return workers
    .filter(({ drainingSince, ready, heard }) => drainingSince === undefined && (ready || heard))
    .toSorted(
      (a, b) =>
        Number(a.ready) - Number(b.ready) ||
        a.inflight - b.inflight ||
        b.createdAt - a.createdAt ||
        (a.name < b.name ? -1 : 1),
    )
    .slice(0, count)
}
