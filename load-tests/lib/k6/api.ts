import { sleep } from 'k6'
import http, { type RefinedResponse } from 'k6/http'

import { count, type Operation, recordAnswer, recordRequest } from './record.ts'

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
}

const TIMEOUT = '30s'
/** A 202 is followed up this long before it counts as undecided. */
const FOLLOW_UP_SECONDS = 60
/** Times that a request is sent again, under its key, when the platform says that it is busy. */
const MOST_REPEATS = 3

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
export function book(client: Client, slot: Slot, key: string): Booking {
  const { doctorId, serviceId, start } = slot
  const body = JSON.stringify({ doctorId, serviceId, start })
  const headers = { 'Idempotency-Key': key, 'Content-Type': 'application/json' }
  for (let repeat = 0; ; repeat++) {
    const response = http.post(`${client.url}/v1/appointments`, body, parameters(client, 'book', headers))
    recordRequest('book', response)
    const busy = response.status === 503 || response.status === 0
    if (!busy || repeat === MOST_REPEATS) return decisionOf(client, response, key)
    sleep(Number(response.headers['Retry-After'] ?? 1))
  }
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
function parameters(client: Client, operation: Operation, headers: Record<string, string> = {}) {
  return {
    headers: { Authorization: `Bearer ${client.token}`, ...headers },
    responseType: 'text' as const,
    tags: { name: operation },
    timeout: TIMEOUT,
  }
}

function answerOf<T>(response: RefinedResponse<'text'>): T {
  return response.json() as unknown as T
}

/** Names the problem by its code, or by the first words of what came. */
function unexpected(operation: Operation, response: RefinedResponse<'text' | 'none'>): void {
  const text = response.status === 0 ? response.error : (response.body ?? '')
  const code = /"code":"([A-Z_]+)"/.exec(text)?.[1]
  count('unexpected', `${operation} ${response.status} ${code ?? text.slice(0, 200).replace(/\s+/g, ' ')}`)
}
