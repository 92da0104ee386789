import type { JetStreamClient, JetStreamManager, JsMsg } from '@nats-io/jetstream'

import { type AppointmentEvent, type EventEnvelope, namesOf } from '@medqueue/contracts'

import { readStream, streamInfo } from './read-stream.ts'

/** What the events say of one request or appointment. Times are Unix milliseconds. */
export interface Story {
  id: string
  doctorId: string
  patientId: string
  serviceId: string
  clinicId: string | null
  visitFrom: number
  /** Not a number when the events name no end, as for refusals of unknown services. */
  visitTo: number
  /** Status after the event with the highest version, or refused. */
  status: string
  version: number
  /** Place of that event in the stream. */
  versionSeq: number
  /** Reason in the deciding event. */
  reason: string | null
  /** When the decision was made, and its place in the stream of events; 0 when it was never told. */
  decidedAt: number
  decidedSeq: number
  /** It shares the doctor's time on purpose: a seat of a group visit, or booked over others by staff. */
  shares: boolean
  /** Where it was before it was moved. */
  left: { doctorId: string; from: number; to: number }[]
  /** When it ceased to take time, and that event's place. */
  endedAt: number | undefined
  endedSeq: number | undefined
  /** Different events that tell a decision: one, when all is well. */
  decisions: number
  eventIds: string[]
}

export interface History {
  stories: Map<string, Story>
  /** Events read, without second copies. */
  events: number
  /** Events that came after one of a later place in the doctor's partition: told for information. */
  inversions: number
  /** False when the stream has dropped its beginning: absence then proves nothing. */
  complete: boolean
}

const DECISIONS = ['appointment.booked', 'appointment.requested', 'appointment.refused']
const MOVED = 'appointment.moved'
const ENDS = ['cancelled', 'declined', 'expired', 'released', 'noshow', 'voided'].map(
  (end) => `appointment.${end}`,
)

/** Replays the stream of appointment events from its beginning. */
export async function readHistory(
  { js, jsm }: { js: JetStreamClient; jsm: JetStreamManager },
  prefix: string,
): Promise<History> {
  const stream = namesOf(prefix).streams.appointmentEvents
  const { state } = await streamInfo(jsm, stream)
  const replay = new Replay()
  for await (const message of readStream(js, stream)) replay.take(message)
  return { ...replay.result(), complete: state.first_seq <= 1 }
}

/** Folds events into stories. A second copy of an event changes nothing; of two versions the higher holds. */
export class Replay {
  readonly #stories = new Map<string, Story>()
  readonly #places = new Map<string, number>()
  #events = 0
  #inversions = 0

  take(message: Pick<JsMsg, 'seq' | 'json'>): void {
    this.event(message.seq, message.json<EventEnvelope<AppointmentEvent>>())
  }

  event(seq: number, envelope: EventEnvelope<AppointmentEvent>): void {
    const { data } = envelope
    const story = this.#stories.get(data.appointmentId) ?? this.#begin(data)
    if (story.eventIds.includes(envelope.id)) return
    story.eventIds.push(envelope.id)
    this.#events += 1
    const at = Date.parse(envelope.occurredAt)
    if (DECISIONS.includes(envelope.type)) this.#decided(story, seq, at, data)
    // What is voided afterwards had ended before.
    if (ENDS.includes(envelope.type) && story.endedAt === undefined)
      [story.endedAt, story.endedSeq] = [at, seq]
    // Where it is now it has been since then.
    if (envelope.type === MOVED) [story.decidedAt, story.decidedSeq] = [at, seq]
    notePlace(story, data)
    if (envelope.version > story.version) update(story, { version: envelope.version, seq }, data)
  }

  result(): Omit<History, 'complete'> {
    return { stories: this.#stories, events: this.#events, inversions: this.#inversions }
  }

  #begin(data: AppointmentEvent): Story {
    const story: Story = {
      id: data.appointmentId,
      ...{ doctorId: data.doctorId, patientId: data.patientId, serviceId: data.serviceId },
      ...{ clinicId: data.clinicId, visitFrom: Number.NaN, visitTo: Number.NaN },
      ...{ status: '', version: 0, versionSeq: 0, reason: null, decidedAt: 0, decidedSeq: 0 },
      ...{ endedAt: undefined, endedSeq: undefined, decisions: 0, eventIds: [], shares: false, left: [] },
    }
    this.#stories.set(story.id, story)
    return story
  }

  #decided(story: Story, seq: number, at: number, data: AppointmentEvent): void {
    story.decisions += 1
    if (story.decisions > 1) return
    Object.assign(story, { decidedAt: at, decidedSeq: seq, reason: data.reason })
    const [, streamSeq, position] = (data.seq ?? '').split(':').map(Number)
    if (streamSeq === undefined || position === undefined) return
    const place = streamSeq * 1_000 + position
    if (place < (this.#places.get(data.doctorId) ?? 0)) this.#inversions += 1
    else this.#places.set(data.doctorId, place)
  }
}

function notePlace(story: Story, { sessionId, overbooked, previous }: AppointmentEvent): void {
  if (sessionId !== undefined || overbooked === true) story.shares = true
  if (previous !== undefined) story.left.push(leftBy(previous))
}

const leftBy = ({ doctorId, start, end }: NonNullable<AppointmentEvent['previous']>) => ({
  doctorId,
  from: Date.parse(start),
  to: Date.parse(end),
})

function update(story: Story, at: { version: number; seq: number }, data: AppointmentEvent): void {
  story.version = at.version
  story.versionSeq = at.seq
  story.status = data.status
  story.clinicId = data.clinicId
  story.doctorId = data.doctorId
  story.serviceId = data.serviceId
  story.visitFrom = Date.parse(data.start)
  story.visitTo = data.end === null ? Number.NaN : Date.parse(data.end)
}
