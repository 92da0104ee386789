import {
  type Condition,
  type ConditionContext,
  type ConditionStatus,
  ConditionType,
  type ConditionUpdate,
  type Phase,
} from './types/conditions.ts'

export function findCondition(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type)
}

/** One condition; its time moves only when its status differs from the stored one. */
function conditionFrom({ type, ...said }: ConditionUpdate, context: ConditionContext): Condition {
  const stored = findCondition(context.previous, type)
  const lastTransitionTime =
    stored?.status === said.status ? stored.lastTransitionTime : new Date(context.now).toISOString()
  const { generation } = context
  return {
    type,
    ...said,
    ...(generation !== undefined && { observedGeneration: generation }),
    lastTransitionTime,
  }
}

/** A copy of the stored conditions with one set; `lastTransitionTime` moves only with the status. */
export function setCondition(update: ConditionUpdate, context: ConditionContext): Condition[] {
  const set = conditionFrom(update, context)
  const previous = context.previous ?? []
  return findCondition(previous, update.type) === undefined
    ? [...previous, set]
    : previous.map((condition) => (condition.type === update.type ? set : condition))
}

/** What the three kstatus conditions say in each phase; Stalled and Reconciling are never both true. */
const IMPLIED: Record<Phase['phase'], Record<'ready' | 'reconciling' | 'stalled', ConditionStatus>> = {
  ready: { ready: 'True', reconciling: 'False', stalled: 'False' },
  reconciling: { ready: 'False', reconciling: 'True', stalled: 'False' },
  stalled: { ready: 'False', reconciling: 'False', stalled: 'True' },
}

/**
 * Ready, Reconciling and Stalled as the phase implies, then `others`: the whole list to write. All three are always there,
 * because kstatus reads a missing Ready as reconciled.
 */
export function conditionsOf(
  phase: Phase,
  context: ConditionContext,
  others: readonly ConditionUpdate[] = [],
): Condition[] {
  const { reason, message } = phase
  const implied = IMPLIED[phase.phase]
  const ready = phase.phase === 'reconciling' ? (phase.ready ?? implied.ready) : implied.ready
  const updates: ConditionUpdate[] = [
    { type: ConditionType.ready, status: ready, reason, message },
    { type: ConditionType.reconciling, status: implied.reconciling, reason, message },
    { type: ConditionType.stalled, status: implied.stalled, reason, message },
    ...others,
  ]
  return updates.map((update) => conditionFrom(update, context))
}
