import { isConflict, isNotFound, type KubeClient, type ObjectKey } from '@medqueue/operator-kit'

import { isHeldUp } from './decide/decide.ts'
import type { Decision, Observed } from './decide/types.ts'
import type { DrainAnswer } from './drainer.ts'
import type { Gathered } from './gather.ts'
import { DEPLOYMENTS, type Deployment, PODS } from './kinds.ts'
import type { PoolState } from './state.ts'
import { chooseVictims, hasDrained, isDraining, isOverdue, type Worker } from './workers.ts'
import { DELETION_COST, DRAINING_SINCE } from './world.ts'

/** Lower than any that people set: these go first. */
const LOWEST_COST = '-1000000'

/** A worker that has not said it drains is asked again after so long; milliseconds. */
const ASK_AGAIN_MS = 3_000

export interface ApplyPorts {
  client: KubeClient
  /** What others read is written in the time of the wall clock; Unix milliseconds. */
  wallTime: () => number
  askToDrain: (pod: string) => Promise<DrainAnswer>
  onOverdue: (pod: string) => void
  onAnswer: (answer: DrainAnswer) => void
}

export interface Applied {
  /** The number of workers that the Deployment is now asked for. */
  replicas: number
  /** Something was in the way, or has moved on: look again very soon. */
  again: boolean
}

/**
 * Does what was decided, one write after the other, each of which may be the last: marks the victims, asks them to
 * finish, and only lowers the number of workers by those who have. What is left undone is found and done at the next
 * look, by whoever leads then.
 */
export async function apply(
  { target, workers, observed }: Gathered & { target: Deployment },
  decision: Pick<Decision, 'want' | 'replicas' | 'drain'>,
  state: PoolState,
  ports: ApplyPorts,
): Promise<Applied> {
  const now = observed?.now ?? 0
  const victims = chooseVictims(workers, decision.drain)
  const write = { ports, namespace: target.metadata.namespace ?? '', now }
  for (const worker of workers.filter(isForgotten)) await unmark(worker, write)
  for (const victim of victims) await mark(victim, state, write)
  const draining = workers.filter(isDraining)
  const chosen = { since: now, standing: 'holds', shown: false } as const
  const asked = await askAll(
    [...draining, ...victims.map((one) => ({ ...one, mark: chosen }))],
    now,
    state,
    ports,
  )
  const replicas = target.spec.replicas ?? 1
  if (decision.replicas === replicas)
    return { replicas, again: asked || hasMoreToDo(victims, observed, decision) }
  const scaled = await scale(target, decision.replicas, ports.client)
  return { replicas: scaled ? decision.replicas : replicas, again: true }
}

/** Somebody was chosen to go, or more are to be asked for as soon as those on their way out are gone. */
const hasMoreToDo = (
  victims: readonly Worker[],
  observed: Observed | undefined,
  { want }: Pick<Decision, 'want'>,
): boolean => victims.length > 0 || (observed !== undefined && isHeldUp(want, observed.workers))

interface Write {
  ports: Pick<ApplyPorts, 'client' | 'wallTime'>
  namespace: string
  now: number
}

/** Survives this process: the next leader reads it from the pod. */
async function mark(victim: Worker, state: PoolState, write: Write): Promise<void> {
  const since = new Date(write.ports.wallTime()).toISOString()
  const there = await annotate(victim, { [DELETION_COST]: LOWEST_COST, [DRAINING_SINCE]: since }, write)
  if (there) state.marked.set(victim.uid, write.now)
}

const isForgotten = ({ mark: found }: Worker) => found?.standing === 'void' && found.shown

/** It works again: nothing is to single it out any more. */
async function unmark(worker: Worker, write: Write): Promise<void> {
  await annotate(worker, { [DELETION_COST]: null, [DRAINING_SINCE]: null }, write)
}

/** False when the pod is gone already, or another of that name has taken its place. */
async function annotate(
  { name, uid }: Worker,
  annotations: Record<string, string | null>,
  { ports, namespace }: Write,
): Promise<boolean> {
  try {
    await ports.client.patch(PODS, { namespace, name }, { metadata: { annotations, uid } })
    return true
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error
    return false
  }
}

/** Asks those who have not answered yet; true when somebody turned out to have nothing to wait for. */
async function askAll(
  draining: readonly Worker[],
  now: number,
  state: PoolState,
  ports: ApplyPorts,
): Promise<boolean> {
  const waiting = draining.filter((worker) => !hasDrained(worker, state, now))
  const due = waiting.filter(({ uid }) => now - (state.asked.get(uid) ?? -Infinity) >= ASK_AGAIN_MS)
  const answers = await Promise.all(
    due.map(async ({ name, uid }) => {
      const answer = await ports.askToDrain(name)
      state.asked.set(uid, now)
      if (answer === 'plain') state.plain.add(uid)
      ports.onAnswer(answer)
      return answer
    }),
  )
  tellOverdue(draining, now, state, ports)
  return answers.includes('plain')
}

function tellOverdue(
  draining: readonly Worker[],
  now: number,
  { overdue }: PoolState,
  ports: ApplyPorts,
): void {
  for (const worker of draining) {
    if (worker.saysDrained || !isOverdue(worker, now) || overdue.has(worker.uid)) continue
    overdue.add(worker.uid)
    ports.onOverdue(worker.name)
  }
}

/**
 * Applies `spec.replicas`, and nothing else, through the scale subresource. The version that was decided on is a
 * precondition, so a leader that was paused meanwhile writes nothing. False when the Deployment has changed since.
 */
async function scale(target: Deployment, replicas: number, client: KubeClient): Promise<boolean> {
  const { name, namespace, resourceVersion } = target.metadata
  const key: ObjectKey = { namespace: namespace ?? '', name }
  const intent = {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { ...key, resourceVersion },
    spec: { replicas },
  }
  try {
    await client.apply(DEPLOYMENTS, intent, { subresource: 'scale' })
    return true
  } catch (error) {
    if (isConflict(error) || isNotFound(error)) return false
    throw error
  }
}
