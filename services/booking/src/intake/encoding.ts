import type { Outcome, QueuedRequest } from './order.ts'

/**
 * A message of the queue: one batch of one api replica, column by column. Columns are the inside of PostgreSQL array
 * literals, so that a worker joins messages by joining strings, without touching the requests one by one.
 */
export interface RequestBatch {
  /** Replica that waits for the outcomes. */
  replica: string
  /** The replica's own number of the batch. */
  batch: number
  /** How many requests. */
  count: number
  ids: string
  fingerprints: string
  principals: string
  patients: string
  doctors: string
  services: string
  starts: string
  traceparents: string
  /** Only when somebody wrote one; null where not. */
  messages?: (string | null)[]
  /** Only when a request has something out of the ordinary; null where not. */
  extras?: (Extra | null)[]
}

/** What few requests have. */
export interface Extra {
  /** Id of the hold that becomes the appointment. */
  hold?: string
  /** Why staff books over the doctor's other visits. */
  overbook?: string
  /** Id of the series it is a visit of. */
  series?: string
  /** What was answered to the questions of the service, as JSON. */
  answers?: string
  /** Asked for by somebody who acts for the patient. */
  proxy?: true
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The columns of a batch, a value for each request. */
export const COLUMNS = [
  'ids',
  'fingerprints',
  'principals',
  'patients',
  'doctors',
  'services',
  'starts',
  'traceparents',
] as const satisfies (keyof RequestBatch)[]

/** Most requests in a message. */
export const BATCH_MAX = 256

function hasMessages(messages: unknown, count: number): boolean {
  if (count < 1 || count > BATCH_MAX) return false
  if (messages === undefined) return true
  const isMessage = (message: unknown) => message === null || typeof message === 'string'
  return Array.isArray(messages) && messages.length === count && messages.every(isMessage)
}

const isOptional = (value: unknown, pattern: RegExp) =>
  value === undefined || (typeof value === 'string' && pattern.test(value))

function isExtra(value: unknown): boolean {
  if (value === null) return true
  if (typeof value !== 'object') return false
  const { hold, overbook, series, answers, proxy } = value as Partial<Record<keyof Extra, unknown>>
  if (proxy !== undefined && proxy !== true) return false
  const ids = isOptional(hold, UUID) && isOptional(series, UUID)
  return ids && isOptional(overbook, /./s) && isOptional(answers, /^\[/)
}

function hasExtras(extras: unknown, count: number): boolean {
  if (extras === undefined) return true
  return Array.isArray(extras) && extras.length === count && extras.every(isExtra)
}

/** True when the value has the shape of a batch. What its columns hold is for PostgreSQL to check. */
export function isRequestBatch(value: unknown): value is RequestBatch {
  if (typeof value !== 'object' || value === null) return false
  const batch = value as Partial<Record<keyof RequestBatch, unknown>>
  return (
    typeof batch.replica === 'string' &&
    Number.isSafeInteger(batch.batch) &&
    Number.isSafeInteger(batch.count) &&
    hasMessages(batch.messages, Number(batch.count)) &&
    hasExtras(batch.extras, Number(batch.count)) &&
    COLUMNS.every((column) => typeof batch[column] === 'string' && !/[{}"\\]/.test(batch[column]))
  )
}

/** Encodes requests, in order of arrival, as one message. */
export function encodeBatch(replica: string, batch: number, requests: readonly QueuedRequest[]): string {
  const column = (pick: (request: QueuedRequest) => string | number) => requests.map(pick).join(',')
  const message: RequestBatch = {
    replica,
    batch,
    count: requests.length,
    ids: column((request) => request.id),
    fingerprints: column((request) => request.fingerprint),
    principals: column((request) => request.principalId),
    patients: column((request) => request.patientId),
    doctors: column((request) => request.doctorId),
    services: column((request) => request.serviceId),
    starts: column((request) => request.startSeconds),
    traceparents: column((request) => request.traceparent),
  }
  if (requests.some((request) => request.message !== undefined)) {
    message.messages = requests.map((request) => request.message ?? null)
  }
  const extras = requests.map(extraOf)
  if (extras.some((extra) => extra !== null)) message.extras = extras
  return JSON.stringify(message)
}

/** Null when there is nothing: JSON leaves out what is undefined. */
function extraOf({ holdId, overbook, seriesId, answered, byProxy }: QueuedRequest): Extra | null {
  const extra = { hold: holdId, overbook, series: seriesId, answers: answered, proxy: byProxy }
  return Object.values(extra).every((value) => value === undefined) ? null : (extra as Extra)
}

/** Outcomes for one replica: pairs of its batch number and the outcomes of that batch, separated by `;`. */
export type OutcomeMessage = [batch: number, outcomes: string][]

/** Reads one outcome as the worker's statement writes it: `decision,reason,endSeconds,clinicId`. */
export function decodeOutcome(text: string): Outcome {
  const [decision, reason = '', end, clinicId] = text.split(',')
  switch (decision) {
    case 'booked':
    case 'pending':
      return { decision, clinicId: clinicId ?? '', endSeconds: Number(end) }
    case 'refused':
      return { decision, reason }
    case 'known':
    case 'conflict':
      return { decision }
    default:
      return { decision: 'failed' }
  }
}
