import type { KubeObject, ObjectMeta } from './object.ts'

/** Something to tell people about an object, as `events.k8s.io/v1` has it. */
export interface EventNote {
  type: 'Normal' | 'Warning'
  /** CamelCase: why, such as `ScaledUp`. At most 128 characters. */
  reason: string
  /** CamelCase: what was done, such as `Scaling`. At most 128 characters. */
  action: string
  /** A sentence, at most 1,024 bytes; longer ones are cut. */
  note: string
  related?: KubeObject
}

/** Enough of an object to point at it. */
export type Regarding = Pick<KubeObject, 'apiVersion' | 'kind'> & {
  metadata: Pick<ObjectMeta, 'name'> & Partial<ObjectMeta>
}

/**
 * Writes events in the background. Equal ones within 6 minutes become one series with a count; one object gets at most
 * 25 different ones at once and then one each 12 s (the rest are dropped and counted). Never throws.
 */
export interface EventRecorder {
  record: (regarding: Regarding, note: EventNote) => void
  /** Resolves when everything recorded so far is written or given up. */
  flush: () => Promise<void>
}
