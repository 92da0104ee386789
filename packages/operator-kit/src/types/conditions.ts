/** The condition types that kstatus (kubectl wait, Flux, Argo) knows. */
export const ConditionType = {
  /** The object is as its spec wants it. */
  ready: 'Ready',
  /** Abnormal-true: work is under way. */
  reconciling: 'Reconciling',
  /** Abnormal-true: it will not get better without a change by somebody. */
  stalled: 'Stalled',
} as const

export type ConditionStatus = 'True' | 'False' | 'Unknown'

export interface Condition {
  type: string
  status: ConditionStatus
  /** CamelCase, for programs. */
  reason: string
  /** A sentence, for people. */
  message: string
  /** The `metadata.generation` this was judged by. */
  observedGeneration?: number
  /** RFC 3339; moves only when `status` changes. */
  lastTransitionTime: string
}

/** What a condition is to say; the time and the generation are added by the kit. */
export type ConditionUpdate = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>

/** One state of an object, from which all three kstatus conditions follow. */
export interface Phase {
  /** ready: as wanted. reconciling: under way or waiting. stalled: somebody must change something. */
  phase: 'ready' | 'reconciling' | 'stalled'
  reason: string
  message: string
  /** What Ready says while reconciling (default False). Unknown: cannot be told, as when inputs are stale. */
  ready?: ConditionStatus
}

export interface ConditionContext {
  /** `metadata.generation` of the object judged. */
  generation: number | undefined
  /** Conditions as they are stored, if any. */
  previous: readonly Condition[] | undefined
  /** Wall time in milliseconds since the epoch. */
  now: number
}
