import { apply, type Applied, type ApplyPorts } from './apply.ts'
import { askToDrain } from './drainer.ts'
import { Reason } from './decide/types.ts'
import { type DecidedLook, labelsOf } from './look.ts'
import { tellObserved, tellOverdue, tellScaled } from './tell.ts'

/** Does what was decided, unless the pool only observes, and tells of it. */
export async function act(look: DecidedLook): Promise<Applied | undefined> {
  const { gathered, decision, state } = look
  const { pool, target } = gathered
  if (target === undefined) return undefined
  const before = target.spec.replicas ?? 1
  state.asleep = before === 0
  if (pool.spec.mode === 'Observe') {
    state.wokenAt = undefined
    tellObserved(look)
    return undefined
  }
  const applied = await apply({ ...gathered, target }, decision, state, portsOf(look))
  if (applied.replicas !== before) tellScaled(look, before, applied.replicas)
  state.asleep = applied.replicas === 0
  if (!state.asleep || isFalseAlarm(look)) state.wokenAt = undefined
  return applied
}

/** Nothing waits, and nothing has come since that was found. */
const isFalseAlarm = ({ decision, state, heard }: DecidedLook) =>
  decision.want === 0 && decision.reason !== Reason.signalsStale && state.signals === heard

function portsOf(look: DecidedLook): ApplyPorts {
  const { context, key, state, client } = look
  const { metrics, broker, clock } = context
  const labels = labelsOf(key)
  return {
    client,
    wallTime: clock.now,
    askToDrain: async (pod) => {
      const reachable = broker()
      return reachable?.connected() === true ? askToDrain(reachable, state.prefix, pod) : 'silent'
    },
    onAnswer: (answer) => metrics.drainAnswered(labels, answer),
    onOverdue: (pod) => tellOverdue(look, pod),
  }
}
