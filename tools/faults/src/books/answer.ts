/** What an answer means to the one who asked. */
export const OUTCOMES = {
  /** 201: it stands. */
  booked: 'decided',
  /** 201: it stands and waits for the doctor. */
  pending: 'decided',
  /** 409 with a reason that will not change. */
  refused: 'decided',
  /** 202: it will be decided. */
  queued: 'promised',
  /** 200 of a cancellation. */
  cancelled: 'decided',
  /** 422: the key belongs to another body. */
  key_reused: 'closed',
  /** 409: ask again in a moment. */
  key_in_flight: 'open',
  /** 503: ask again later. */
  unavailable: 'open',
  /** The connection broke or nothing came in time. */
  no_answer: 'open',
  /** Whatever must never be answered here. */
  wrong: 'closed',
} as const
export type Outcome = keyof typeof OUTCOMES

/** One line of the driver's file: one question sent, one answer or none. Times are Unix milliseconds. */
export interface Answer {
  ask: 'book' | 'decision' | 'cancel'
  patientId: string
  key: string
  /** Which of the bodies sent under the key. */
  body: string
  doctorId: string
  /** When the key was first sent. */
  firstSentAt: number
  sentAt: number
  at: number
  /** HTTP status; 0 when there was no answer. */
  status: number
  outcome: Outcome
  /** The problem's code, or the code of the broken connection. */
  code?: string
  /** The id of the request, which is the appointment's. */
  id?: string
  /** What was decided, in words that a replay must repeat. */
  decision?: string
}

export interface Reply {
  status: number
  body: unknown
  retryAfter: string | undefined
}

export type Meaning = Pick<Answer, 'outcome' | 'code' | 'id' | 'decision'>

type Fields = Partial<
  Record<'id' | 'status' | 'code' | 'requestId' | 'decision' | 'reason' | 'start', unknown>
>

const text = (value: unknown) => (typeof value === 'string' ? value : '')

const REFUSALS: Readonly<Record<string, string>> = {
  BOOKING_SLOT_TAKEN: 'slot_taken',
  BOOKING_PATIENT_OVERLAP: 'patient_overlap',
}

/** What a reply means. A 503 that does not say when to come again is wrong, and so is every status not named here. */
export function meaningOf(ask: Answer['ask'], reply: Reply): Meaning {
  const fields = (typeof reply.body === 'object' && reply.body !== null ? reply.body : {}) as Fields
  if (reply.status >= 400) return refusalOf(reply, fields)
  if (ask === 'book') return bookingOf(reply.status, fields)
  if (reply.status !== 200) return { outcome: 'wrong' }
  return ask === 'cancel' ? cancellationOf(fields) : decisionOf(fields)
}

function bookingOf(status: number, { id, status: state, start }: Fields): Meaning {
  if (typeof id !== 'string') return { outcome: 'wrong' }
  if (status === 202) return { outcome: 'queued', id }
  if (status !== 201 || (state !== 'booked' && state !== 'pending')) return { outcome: 'wrong', id }
  return { outcome: state, id, decision: `${state} ${text(start)}` }
}

function cancellationOf({ id, status }: Fields): Meaning {
  if (typeof id !== 'string' || status !== 'cancelled') return { outcome: 'wrong' }
  return { outcome: 'cancelled', id }
}

function decisionOf({ id, decision, reason }: Fields): Meaning {
  if (typeof id !== 'string') return { outcome: 'wrong' }
  if (decision === 'queued' || decision === 'booked' || decision === 'pending')
    return { outcome: decision, id }
  if (decision !== 'refused') return { outcome: 'wrong', id }
  return { outcome: 'refused', id, decision: `refused ${text(reason)}` }
}

function refusalOf({ status, retryAfter }: Reply, fields: Fields): Meaning {
  const code = text(fields.code)
  const reason = REFUSALS[code]
  if (status === 409 && reason !== undefined) {
    return { outcome: 'refused', code, id: text(fields.requestId), decision: `refused ${reason}` }
  }
  if (status === 503) return { outcome: retryAfter === undefined ? 'wrong' : 'unavailable', code }
  if (status === 409 && code === 'BOOKING_KEY_IN_FLIGHT') return { outcome: 'key_in_flight', code }
  if (status === 422 && code === 'BOOKING_KEY_REUSED') return { outcome: 'key_reused', code }
  return { outcome: 'wrong', code }
}
