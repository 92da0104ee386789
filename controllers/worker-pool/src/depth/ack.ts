/** What an acknowledgement means for the queue. */
export const AckKind = {
  /** Dealt with, or given up for ever. */
  done: 'done',
  /** Given back: it comes again. */
  back: 'back',
  /** Still being worked on. */
  progress: 'progress',
} as const
export type AckKind = (typeof AckKind)[keyof typeof AckKind]

/** What the subject of an acknowledgement says of its message. */
export interface AckSubject {
  /** How many times it has been delivered. */
  deliveries: number
  /** Its number among the consumer's deliveries. */
  consumerSeq: number
}

/** An empty acknowledgement is a plain one, as is one that also asks for the next message. */
export function kindOfAck(payload: string): AckKind {
  if (payload.startsWith('-NAK')) return AckKind.back
  return payload.startsWith('+WPI') ? AckKind.progress : AckKind.done
}

/** Subjects on which the acknowledgements of a consumer travel: as servers write them without and with a domain. */
export function ackSubjects(stream: string, consumer: string): string[] {
  return [`$JS.ACK.${stream}.${consumer}.>`, `$JS.ACK.*.*.${stream}.${consumer}.>`]
}

/** Fields before the deliveries in the two forms: `$JS.ACK.<stream>.<consumer>.` and `$JS.ACK.<domain>.<account>.…`. */
const SHORT = { tokens: 9, deliveries: 4 }
const LONG = { deliveries: 6 }

/** Reads the subject of an acknowledgement; undefined when it is none. */
export function readAckSubject(subject: string): AckSubject | undefined {
  const tokens = subject.split('.')
  const from = tokens.length === SHORT.tokens ? SHORT.deliveries : LONG.deliveries
  const deliveries = Number(tokens[from])
  const consumerSeq = Number(tokens[from + 2])
  return Number.isInteger(deliveries) && Number.isInteger(consumerSeq)
    ? { deliveries, consumerSeq }
    : undefined
}
