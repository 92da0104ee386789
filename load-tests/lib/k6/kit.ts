/**
 * Everything the scripts share, in one file on purpose: k6 evaluates each module anew for every virtual patient, which
 * takes 10 KB a module, 200 MB for 20,000 patients.
 */
import { sleep } from 'k6'
import { SharedArray } from 'k6/data'
import exec from 'k6/execution'
import http, { type RefinedResponse, type ResponseType } from 'k6/http'

// ── Settings ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** What `run.ts` tells each k6 process through its environment. */
function text(name: string): string {
  const value = __ENV[name]
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: start this through load-tests/run.ts`)
  return value
}

const number = (name: string): number => Number(text(name))

export const settings = {
  /** Base URLs of the booking api, without a slash at the end. */
  urls: text('BOOKING_URLS').split(','),
  /** Where processes wait for each other; answers when all are ready. */
  barrier: text('BARRIER'),
  /** JSON files written by `run.ts`. */
  tokensFile: text('TOKENS'),
  worldFile: text('WORLD'),
  summaryFile: text('SUMMARY'),
  /** Sets the keys of this run apart from those of all others. */
  runId: text('RUN_ID'),
  vus: number('VUS'),
  /** Seconds over which patients arrive, and during which all are there. */
  ramp: number('RAMP'),
  hold: number('HOLD'),
  /** Seconds between two requests of one patient, on average. */
  pause: number('PAUSE'),
}

// ── Options and summary ────────────────────────────────────────────────────────────────────────────────────────────

/** Every patient lives once, for as long as the scenario lasts; what the script does not read is not kept. */
export function optionsOf(longestSeconds: number) {
  return {
    discardResponseBodies: true,
    noConnectionReuse: false,
    setupTimeout: '600s',
    summaryTrendStats: ['min', 'med', 'avg', 'p(90)', 'p(99)', 'max', 'count'],
    // Only what the summary needs: each tag more is another series to keep.
    systemTags: ['name'],
    scenarios: {
      patients: {
        executor: 'per-vu-iterations',
        vus: settings.vus,
        iterations: 1,
        maxDuration: `${Math.ceil(longestSeconds)}s`,
        gracefulStop: '0s',
      },
    },
  }
}

interface SummaryData {
  metrics: Record<string, { values: Record<string, number> } | undefined>
}

/** k6's own figures, to hold ours against. */
export function writeSummary(data: SummaryData): Record<string, string> {
  const names = [
    'http_reqs',
    'http_req_duration',
    'http_req_waiting',
    'data_sent',
    'data_received',
    'vus_max',
  ]
  const kept = names.map((name) => [name, data.metrics[name]?.values ?? {}])
  return { [settings.summaryFile]: JSON.stringify(Object.fromEntries(kept)) }
}

// ── Patients ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** The same for every patient of a run. */
export interface Start {
  /** When the first patient arrives; Unix milliseconds. */
  at: number
}

export const tokens = new SharedArray<string>(
  'tokens',
  () => JSON.parse(open(settings.tokensFile)) as string[],
)

/** Number of the virtual patient, from 0, unique over all processes. */
export function patientNumber(): number {
  return exec.vu.idInTest - 1
}

export function clientOf(patient: number): Client {
  return {
    url: settings.urls[patient % settings.urls.length] ?? '',
    token: tokens[patient % tokens.length] ?? '',
  }
}

/** Waits until all processes have made their virtual patients, so that they begin together. */
export function waitForAll(): Start {
  const response = http.get(settings.barrier, { responseType: 'text', timeout: '600s' })
  return response.json() as unknown as Start
}

export function sleepUntil(ms: number): void {
  const left = ms - Date.now()
  if (left > 0) sleep(left / 1_000)
}

/** A pause around the average, never the same for all: from half of it to half as much again. */
export function pause(seconds: number = settings.pause): void {
  sleep(seconds * (0.5 + Math.random()))
}

export function oneOf<T>(list: readonly T[]): T | undefined {
  return list[Math.floor(Math.random() * list.length)]
}

let keys = 0

/** A new Idempotency-Key: each virtual patient counts its own. */
export function newKey(): string {
  keys += 1
  return `${settings.runId}-${exec.vu.idInTest}-${keys}`
}

// ── Records ────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * What happens is written as one short line an event to the console, which k6 sends to a file; `run.ts` reads it as it
 * grows. Lines: `s,<end ms>,<operation>,<status>,<tenths of ms>` for a request, `a,<status>,<id>,<key>` for an answer
 * that must hold, `c,<ms>,<name>` and more words for something to count, `w,<asked ms>,<answered ms>,<patient>,<status>,
 * <place>,<from s>,<to s>` for what the waiting room said.
 */

export type Operation = 'search' | 'hold' | 'book' | 'poll' | 'cancel' | 'join' | 'wait' | 'open-room'

export function recordRequest(operation: Operation, response: RefinedResponse<ResponseType>): void {
  console.log(`s,${Date.now()},${operation},${response.status},${Math.round(response.timings.duration * 10)}`)
}

/** Notes an answer that the audit will hold the platform to. */
export function recordAnswer(
  status: 'booked' | 'pending' | 'queued' | 'refused' | 'cancelled',
  id: string,
  key: string,
): void {
  console.log(`a,${status},${id},${key}`)
}

export type Counted =
  | 'patient'
  | 'left'
  | 'booked'
  | 'conflict'
  | 'refused'
  | 'queued'
  | 'cancelled'
  | 'no-slot'
  | 'gave-up'
  | 'undecided'
  | 'decision-failed'
  | 'late'
  | 'unexpected'
  | 'not-let-in'

export function count(name: Counted, detail = ''): void {
  const line = `c,${Date.now()},${name}`
  console.log(detail === '' ? line : `${line},${detail}`)
}

// ── The booking API ────────────────────────────────────────────────────────────────────────────────────────────────

export interface Slot {
  doctorId: string
  serviceId: string
  clinicId: string
  start: string
}

/** What became of one request for an appointment. */
export type Booking =
  | { outcome: 'booked'; id: string }
  | { outcome: 'conflict'; alternatives: Slot[] }
  | { outcome: 'refused' | 'failed' }

/** One patient at one booking api. */
export interface Client {
  url: string
  token: string
  /** Of the waiting room. */
  ticket?: string | undefined
}

const TIMEOUT = '30s'
/** A 202 is followed up this long before it counts as undecided. */
const FOLLOW_UP_SECONDS = 60
/** Times that a request is sent again, under its key, when the platform says that it is busy. */
export const MOST_REPEATS = 3

export function search(client: Client, query: Record<string, string>): Slot[] {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  const response = http.get(`${client.url}/v1/slots?${pairs.join('&')}`, parameters(client, 'search'))
  recordRequest('search', response)
  if (response.status !== 200) {
    unexpected('search', response)
    return []
  }
  return (response.json() as unknown as { slots: Slot[] }).slots
}

/** Asks for the slot and waits for the decision, however long the queue is. */
export function book(client: Client, slot: Slot, key: string, holdId?: string): Booking {
  const { doctorId, serviceId, start } = slot
  const body = JSON.stringify({ doctorId, serviceId, start, holdId })
  const headers = { 'Idempotency-Key': key, 'Content-Type': 'application/json' }
  for (let repeat = 0; ; repeat++) {
    const response = http.post(`${client.url}/v1/appointments`, body, parameters(client, 'book', headers))
    recordRequest('book', response)
    const busy = response.status === 503 || response.status === 0
    if (!busy || repeat === MOST_REPEATS) return decisionOf(client, response, key)
    sleep(Number(response.headers['Retry-After'] ?? 1))
  }
}

/** Holds the slot; the id of the hold, or undefined when somebody was first. */
export function hold(client: Client, { doctorId, serviceId, start }: Slot): string | undefined {
  const headers = { 'Content-Type': 'application/json' }
  const body = JSON.stringify({ doctorId, serviceId, start })
  const response = http.post(`${client.url}/v1/holds`, body, parameters(client, 'hold', headers))
  recordRequest('hold', response)
  if (response.status === 201) return answerOf<{ id: string }>(response).id
  if (response.status === 409) count('conflict')
  else unexpected('hold', response)
  return undefined
}

function decisionOf(client: Client, response: RefinedResponse<'text'>, key: string): Booking {
  switch (response.status) {
    case 201: {
      const { id, status } = answerOf<{ id: string; status: 'booked' | 'pending' }>(response)
      recordAnswer(status, id, key)
      count('booked')
      return { outcome: 'booked', id }
    }
    case 202: {
      const { id } = answerOf<{ id: string }>(response)
      recordAnswer('queued', id, key)
      count('queued')
      return followUp(client, id, key)
    }
    case 409:
    case 422:
      return refusalOf(response, key)
    default:
      unexpected('book', response)
      return { outcome: 'failed' }
  }
}

interface Refusal {
  code: string
  requestId?: string
  alternatives?: Slot[]
}

function refusalOf(response: RefinedResponse<'text'>, key: string): Booking {
  const { code, requestId, alternatives } = answerOf<Refusal>(response)
  if (requestId !== undefined) recordAnswer('refused', requestId, key)
  if (code === 'BOOKING_SLOT_TAKEN' || code === 'BOOKING_PATIENT_OVERLAP') {
    count('conflict')
    return { outcome: 'conflict', alternatives: alternatives ?? [] }
  }
  count('refused', code)
  return { outcome: 'refused' }
}

interface Request {
  decision: 'queued' | 'booked' | 'pending' | 'refused' | 'failed'
}

/** Asks every second what was decided. */
function followUp(client: Client, id: string, key: string): Booking {
  for (let second = 0; second < FOLLOW_UP_SECONDS; second++) {
    sleep(1)
    const response = http.get(`${client.url}/v1/booking-requests/${id}`, parameters(client, 'poll'))
    recordRequest('poll', response)
    const decision = response.status === 200 ? answerOf<Request>(response).decision : 'queued'
    if (response.status !== 200) unexpected('poll', response)
    if (decision !== 'queued') return decided(decision, id, key)
  }
  count('undecided', id)
  return { outcome: 'failed' }
}

function decided(decision: Exclude<Request['decision'], 'queued'>, id: string, key: string): Booking {
  if (decision === 'failed') {
    count('decision-failed', id)
    return { outcome: 'failed' }
  }
  recordAnswer(decision, id, key)
  count(decision === 'refused' ? 'conflict' : 'booked')
  return decision === 'refused' ? { outcome: 'conflict', alternatives: [] } : { outcome: 'booked', id }
}

export function cancel(client: Client, id: string): boolean {
  const headers = { 'Content-Type': 'application/json' }
  const url = `${client.url}/v1/appointments/${id}/cancel`
  const response = http.post(url, '{}', { ...parameters(client, 'cancel', headers), responseType: 'none' })
  recordRequest('cancel', response)
  if (response.status !== 200) {
    unexpected('cancel', response)
    return false
  }
  recordAnswer('cancelled', id, '')
  count('cancelled')
  return true
}

/** `name` keeps k6 from making a metric series of every URL. */
export function parameters(client: Client, operation: Operation, headers: Record<string, string> = {}) {
  return {
    headers: {
      Authorization: `Bearer ${client.token}`,
      ...(client.ticket === undefined ? {} : { 'Waiting-Room-Ticket': client.ticket }),
      ...headers,
    },
    responseType: 'text' as const,
    tags: { name: operation },
    timeout: TIMEOUT,
  }
}

export function answerOf<T>(response: RefinedResponse<'text'>): T {
  return response.json() as unknown as T
}

/** Names the problem by its code, or by the first words of what came. */
export function unexpected(operation: Operation, response: RefinedResponse<'text' | 'none'>): void {
  const text = response.status === 0 ? response.error : (response.body ?? '')
  const code = /"code":"([A-Z_]+)"/.exec(text)?.[1]
  count('unexpected', `${operation} ${response.status} ${code ?? text.slice(0, 200).replace(/\s+/g, ' ')}`)
}
