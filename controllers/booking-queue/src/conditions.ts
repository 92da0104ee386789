/** Reasons of the conditions of a queue. */
export const QueueReason = {
  /** Ready: the streams are as the spec says. */
  streamReady: 'StreamReady',
  /** Reconciling, Ready unknown: NATS cannot be reached; the streams stay as they are. */
  brokerUnreachable: 'BrokerUnreachable',
  /** Reconciling, Ready unknown: NATS is there and fails, such as JetStream without a quorum. */
  brokerFailing: 'BrokerFailing',
  /** Reconciling: the object goes, and its streams are being dealt with. */
  deleting: 'Deleting',
  /** Stalled: another BookingQueue keeps a stream of that name. */
  streamTaken: 'StreamTaken',
  /** Stalled: the stream is of a kind that cannot be changed, such as one in memory. */
  streamIncompatible: 'StreamIncompatible',
  /** Stalled: another stream takes some of the subjects. */
  subjectsOverlap: 'SubjectsOverlap',
  /** Stalled: the NATS cluster has fewer servers than copies are asked for. */
  notEnoughServers: 'NotEnoughServers',
  /** Stalled: the servers have no room for the limits. */
  notEnoughStorage: 'NotEnoughStorage',
  /** Stalled: the server refuses the configuration for another reason. */
  streamRefused: 'StreamRefused',
} as const
export type QueueReason = (typeof QueueReason)[keyof typeof QueueReason]

/** Something that only a person can put right. */
export interface Problem {
  reason: QueueReason
  message: string
}
