import type { Workers } from './decide/types.ts'
import type { Word } from './depth/heartbeats.ts'
import type { Budget, Deployment, Pod } from './kinds.ts'
import { type Mark, markOf, type Marks } from './marks.ts'
import { matches } from './selector.ts'

/** A worker of the pool: a pod that exists, has not ended and is not on its way out. */
export interface Worker {
  name: string
  uid: string
  ready: boolean
  /** It has spoken, so it may be at work, ready or not. */
  heard: boolean
  createdAt: number
  /** Undefined when it was never chosen to go. It serves unless that holds. */
  mark: Mark | undefined
  /** How long Kubernetes itself would give it to end; milliseconds. */
  graceMs: number
  /** Requests it is working on, as far as it says. */
  inflight: number
  /** It has said that it has finished. */
  saysDrained: boolean
}

const DEFAULT_GRACE_SECONDS = 30

export function workersOf(
  deployment: Deployment,
  pods: readonly Pod[],
  marks: Marks,
  { wordOf, now }: { wordOf: (pod: string) => Word | undefined; now: number },
): Worker[] {
  return pods
    .filter((pod) => isAlive(pod) && matches(deployment.spec.selector, pod.metadata.labels))
    .map((pod) => {
      const word = wordOf(pod.metadata.name)
      return workerOf(pod, markOf(pod, marks, word, now), word)
    })
}

function workerOf({ metadata, spec, status }: Pod, mark: Mark | undefined, word: Word | undefined): Worker {
  const { name, uid, creationTimestamp = '' } = metadata
  return {
    name,
    uid,
    ready: (status?.conditions ?? []).some(({ type, status: holds }) => type === 'Ready' && holds === 'True'),
    createdAt: Date.parse(creationTimestamp) || 0,
    mark,
    graceMs: (spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) * 1_000,
    ...saidBy(word),
  }
}

const saidBy = (word: Word | undefined) => ({
  heard: word !== undefined,
  inflight: word?.inflight ?? 0,
  saysDrained: word?.drained ?? false,
})

function isAlive({ metadata, status }: Pod): boolean {
  return (
    metadata.deletionTimestamp === undefined && status?.phase !== 'Failed' && status?.phase !== 'Succeeded'
  )
}

/** It was chosen to go, and does not serve as far as is known. */
export const isDraining = ({ mark }: Worker): boolean => mark?.standing === 'holds'

/** True when nothing more is gained by waiting for the worker: it has finished, cannot say so, or takes too long. */
export function hasDrained(worker: Worker, { plain }: Pick<Marks, 'plain'>, now: number): boolean {
  if (!isDraining(worker)) return false
  return worker.saysDrained || plain.has(worker.uid) || isOverdue(worker, now)
}

/** It was given the time that Kubernetes would give it, and has not finished. */
export function isOverdue({ mark, graceMs }: Worker, now: number): boolean {
  return mark?.standing === 'holds' && now - mark.since > graceMs
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
  const draining = workers.filter(isDraining)
  const serving = workers.filter((worker) => !isDraining(worker))
  const drained = draining.filter((worker) => hasDrained(worker, { plain }, now))
  return {
    replicas,
    ready: serving.filter(({ ready }) => ready).length,
    up: serving.filter(({ ready, heard }) => ready || heard).length,
    draining: Math.max(0, draining.length - leaving),
    leaving: hasOlderPods(deployment) ? 0 : Math.min(draining.length, leaving),
    drained: Math.max(0, drained.length - leaving),
    rollout: isRollingOut(deployment),
    settling: leaving > 0,
    disruptionsAllowed: leastAllowed(deployment, pods, budgets),
  }
}

function isRollingOut(deployment: Deployment): boolean {
  const { metadata, status } = deployment
  return (status?.observedGeneration ?? 0) < (metadata.generation ?? 0) || hasOlderPods(deployment)
}

const hasOlderPods = ({ status }: Deployment) => (status?.updatedReplicas ?? 0) < (status?.replicas ?? 0)

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
 * Who goes first: those that another process may have chosen; those that Kubernetes would take away first, as it finds
 * them unready; then those with the least to finish, then the youngest.
 */
export function chooseVictims(workers: readonly Worker[], count: number): Worker[] {
  return workers
    .filter((worker) => !isDraining(worker) && (worker.ready || worker.heard))
    .toSorted(
      (a, b) =>
        Number(isUnheard(b)) - Number(isUnheard(a)) ||
        Number(a.ready) - Number(b.ready) ||
        a.inflight - b.inflight ||
        b.createdAt - a.createdAt ||
        (a.name < b.name ? -1 : 1),
    )
    .slice(0, count)
}

const isUnheard = ({ mark }: Worker) => mark?.standing === 'unheard'
