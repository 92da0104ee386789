import { AppointmentEvent, type EventEnvelope, SlotChange, type SlotChangeType } from '@medqueue/contracts'
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
  version: Type.Optional(
    Type.Integer({
      minimum: 0,
      description: 'Of the appointment: what is older than what is known is passed over',
    }),
  ),
  data: Type.Unknown(),
  alternatives: Type.Optional(
    Type.String({ description: 'Where free slots like it are listed, when the visit has come to nothing' }),
  ),
})
export type StreamMessage = Static<typeof StreamMessage>

export type AppointmentEnvelope = EventEnvelope<AppointmentEvent>

/**
 * The text of one event. Only the fields of the contract are copied, so that a field added to the event for other
 * services never reaches a browser by itself.
 */
export function renderEvent(seq: number, envelope: AppointmentEnvelope): string {
  const { type, occurredAt, version } = envelope
  const data = only(AppointmentEvent, envelope.data)
  return render({ id: String(seq), type, occurredAt, version, data, ...alternativesTo(envelope.data) })
}

/** Who did not call a visit off by themselves is told where to find another time. */
function alternativesTo({
  appointmentId,
  status,
  by,
}: AppointmentEvent): Pick<StreamMessage, 'alternatives'> {
  const ended = status === 'declined' || status === 'expired' || (status === 'cancelled' && by !== 'patient')
  return ended ? { alternatives: `/v1/appointments/${appointmentId}/alternatives` } : {}
}

/** What those are told who look at a doctor's slots. */
export function renderSlots(
  seq: number,
  type: SlotChangeType,
  occurredAt: string,
  change: SlotChange,
): string {
  return render({ id: String(seq), type, occurredAt, data: only(SlotChange, change) })
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

function only<T extends object>({ properties }: { properties: object }, data: T): Partial<T> {
  return Object.fromEntries(
    Object.keys(properties).map((field) => [field, data[field as keyof T]]),
  ) as Partial<T>
}

/** Our own services write these events, so their values are not looked at here: strictness would be silent loss. */
export function isAppointmentEvent(envelope: unknown): envelope is AppointmentEnvelope {
  if (!isObject(envelope)) return false
  const { type, occurredAt, data } = envelope
  return (
    typeof type === 'string' && typeof occurredAt === 'string' && isObject(data) && 'appointmentId' in data
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
