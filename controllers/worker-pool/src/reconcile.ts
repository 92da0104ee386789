import { formatKey, isDeleting, type ObjectKey, type Result } from '@medqueue/operator-kit'

import { act } from './act.ts'
import type { Applied } from './apply.ts'
import { decide } from './decide/decide.ts'
import type { Decision } from './decide/types.ts'
import { failureOf } from './failure.ts'
import { gather, type Gathered } from './gather.ts'
import type { Pool } from './kinds.ts'
import { type Context, type DecidedLook, labelsOf, type Look } from './look.ts'
import { nextLook } from './next-look.ts'
import { sourceOf } from './sources.ts'
import { PoolState } from './state.ts'
import { report, reportFailure } from './tell.ts'

/** A pool that lacks something is looked at again after so long, even when nobody says that it is there; milliseconds. */
const BLOCKED_MS = 5_000

/** Gathers, decides, does and tells; says when to come again. */
export async function reconcile(
  context: Context,
  key: ObjectKey,
  signal: AbortSignal,
): Promise<Result | undefined> {
  const { world, clock } = context
  const stateOf = (pool: Pool) => stateFor(context, key, pool)
  const onSignal = () => heardOf(context, key)
  const gathered = gather(key, stateOf, {
    world,
    clock,
    sourceOf: (pool, queue) => sourceOf(context, stateOf(pool), pool, { queue, onSignal }),
  })
  if (gathered === undefined || isDeleting(gathered.pool)) {
    await forget(context, key)
    return undefined
  }
  const state = stateOf(gathered.pool)
  const heard = state.begin(gathered.observed?.reading)
  const client = context.manager.client.guardedBy(() => signal.throwIfAborted(), signal)
  const look = { context, key, gathered, state, heard, client, decision: decideOn(gathered, state) }
  const applied = await doDecided(look)
  await report(look)
  return rest(look, applied)
}

function stateFor({ states, clock }: Context, key: ObjectKey, pool: Pool): PoolState {
  const text = formatKey(key)
  const known = states.get(text)
  if (known?.uid === pool.metadata.uid) return known
  void known?.close()
  const state = new PoolState(pool, clock.monotonic())
  states.set(text, state)
  return state
}

async function forget({ states, metrics }: Context, key: ObjectKey): Promise<void> {
  const state = states.get(formatKey(key))
  if (state === undefined) return
  states.delete(formatKey(key))
  metrics.forget(labelsOf(key))
  await state.close()
}

/** Something arrived or has drained. */
function heardOf({ states, enqueue, clock }: Context, key: ObjectKey): void {
  if (states.get(formatKey(key))?.signal(clock.monotonic()) === true) enqueue(key)
}

function decideOn({ observed, blocking }: Gathered, state: PoolState): Decision | undefined {
  if (observed === undefined || blocking !== undefined) return undefined
  const decision = decide(state.memory, observed)
  state.memory = decision.memory
  return decision
}

const isDecided = (look: Look): look is DecidedLook => look.decision !== undefined

/** What fails is told in the conditions, and tried again with a back-off. */
async function doDecided(look: Look): Promise<Applied | undefined> {
  const { metrics } = look.context
  const labels = labelsOf(look.key)
  if (!isDecided(look)) {
    metrics.blocked(labels)
    look.state.wokenAt = undefined
    return undefined
  }
  metrics.decided(labels, look.decision, look.state.knownAt)
  try {
    return await act(look)
  } catch (error) {
    const failure = failureOf(error)
    if (failure !== undefined) await reportFailure(look, failure)
    throw error
  }
}

/** When to come again. Only from here on does a signal bring a look of its own: what has failed waits for its back-off. */
function rest({ context, decision, gathered, state, heard }: Look, applied: Applied | undefined): Result {
  const signalled = state.signals !== heard
  if (decision === undefined) {
    state.resting = true
    return { requeueAfterMs: signalled ? 0 : BLOCKED_MS }
  }
  const next = nextLook({
    decision,
    signalled,
    reading: gathered.observed?.reading,
    again: applied?.again === true,
    asleep: state.asleep,
    now: context.clock.monotonic(),
  })
  state.resting = next.quiet
  return { requeueAfterMs: next.afterMs }
}
