import type { JsMsg } from '@nats-io/jetstream'

import { partiesOf } from '../domain/audience.ts'
import { type AppointmentEnvelope, isAppointmentEvent, renderEvent } from '../domain/message.ts'
import type { LogEntry } from '../domain/recent-log.ts'

export interface Decoded {
  /** As the people concerned are told. */
  entry: LogEntry
  envelope: AppointmentEnvelope
}

/** Undefined for a message that is no appointment event: there is nobody to tell it to. */
export function decode(message: JsMsg, prefix: string): Decoded | undefined {
  const parties = partiesOf(message.subject, prefix)
  const envelope = parse(message)
  if (parties === undefined || !isAppointmentEvent(envelope)) return undefined
  const { seq } = message
  return { entry: { ...parties, seq, text: renderEvent(seq, envelope) }, envelope }
}

function parse(message: JsMsg): unknown {
  try {
    return message.json()
  } catch {
    return undefined
  }
}
