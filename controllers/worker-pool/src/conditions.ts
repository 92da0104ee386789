/** Reasons of the conditions of a pool. What a decision gives as its reason is in `decide/types.ts`. */
export const PoolReason = {
  /** Ready: the pool scales its workers. */
  scaling: 'Scaling',
  /** Ready: the pool says what it would do, and does nothing. */
  observing: 'Observing',
  /** Reconciling: nothing has been heard of the queue yet. */
  listening: 'Listening',
  /** Reconciling, Ready unknown: the queue has been silent for too long; the workers stay as they are. */
  signalsStale: 'SignalsStale',
  /** Reconciling, Ready unknown: NATS cannot be reached; the workers stay as they are. */
  brokerUnreachable: 'BrokerUnreachable',
  /** Reconciling, Ready unknown: the workers could not be changed; that is tried again. */
  applyFailed: 'ApplyFailed',
  /** Reconciling, not ready: the API server does not let the workers be changed; that is tried again. */
  applyRefused: 'ApplyRefused',
  /** Stalled: there is no Deployment of that name. */
  targetMissing: 'TargetMissing',
  /** Stalled: an older pool scales the same Deployment. */
  targetTaken: 'TargetTaken',
  /** Stalled: there is no BookingQueue of that name. */
  queueMissing: 'QueueMissing',
  /** Stalled: there is no such stream. */
  streamMissing: 'StreamMissing',
  /** Stalled: the stream has no such consumer. */
  consumerMissing: 'ConsumerMissing',
  /** Stalled: a prewarm schedule or its zone cannot be read. The rest of the pool goes on. */
  prewarmInvalid: 'PrewarmInvalid',
} as const
export type PoolReason = (typeof PoolReason)[keyof typeof PoolReason]

/** Something that only a person can put right. */
export interface Problem {
  reason: PoolReason
  message: string
}
