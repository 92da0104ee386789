import { AppointmentEvent, type EventEnvelope } from '@medqueue/contracts'
import { type Static, Type } from 'typebox'

/**
 * What travels to a client. `id` is the place in the stream: the client keeps the last one it has seen and gives it
 * as `lastEventId` when it connects again. Two types are ours: `ready` (all that was missed has been sent) and
 * `reset` (what was missed cannot be told any more: load the state again, then go on from this id).
 */
export const StreamMessage = Type.Object({
  id: Type.String({ pattern: '^(0|[1-9][0-9]{0,15})$' }),
  type: Type.String(),
  occurredAt: Type.String(),
  data: Type.Unknown(),
})
export type StreamMessage = Static<typeof StreamMessage>

type Field = keyof AppointmentEvent
const FIELDS = Object.keys(AppointmentEvent.properties) as Field[]

/**
 * The text of one event, or undefined when the envelope is not an appointment event. Only the fields of the contract
 * are copied, so that a field added to the event for other services never reaches a browser by itself.
 */
export function renderEvent(seq: number, envelope: unknown): string | undefined {
  if (!isAppointmentEvent(envelope)) return undefined
  const data = Object.fromEntries(FIELDS.map((field) => [field, envelope.data[field]]))
  return render({ id: String(seq), type: envelope.type, occurredAt: envelope.occurredAt, data })
}

export function renderReady(seq: number, now: Date): string {
  return render({ id: String(seq), type: 'ready', occurredAt: now.toISOString(), data: null })
}

export function renderReset(seq: number, now: Date): string {
  return render({ id: String(seq), type: 'reset', occurredAt: now.toISOString(), data: null })
}

function render(message: StreamMessage): string {
  return JSON.stringify(message)
}

/** Our own services write these events, so their values are not looked at here: strictness would be silent loss. */
function isAppointmentEvent(envelope: unknown): envelope is EventEnvelope<AppointmentEvent> {
  if (!isObject(envelope)) return false
  const { type, occurredAt, data } = envelope
  return (
    typeof type === 'string' && typeof occurredAt === 'string' && isObject(data) && 'appointmentId' in data
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
