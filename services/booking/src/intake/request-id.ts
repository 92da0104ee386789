import { hash } from 'node:crypto'

import type { Answers } from '../domain/answers.ts'
import type { BookingOrder } from './order.ts'

/** 32 hex digits as a UUID of version 8 (RFC 9562: custom), variant 10. */
function uuidOf(hex: string): string {
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/**
 * The id of a request: the same principal and Idempotency-Key always give the same id, so that the primary key of the
 * record is what forbids a second effect. SHA-256, cut to 122 bits.
 */
export function requestIdOf(principalId: string, idempotencyKey: string): string {
  return uuidOf(hash('sha256', `${principalId}\n${idempotencyKey}`, 'hex'))
}

/** What was asked of any doctor, as one value; it is never that of an order with a named one. */
export function fingerprintOfWish(wish: {
  specialtyId?: string | undefined
  clinicId?: string | undefined
  city?: string | undefined
  language?: string | undefined
  serviceId: string
  patientId: string
  startSeconds: number
  message?: string | undefined
  answers?: Answers | undefined
}): string {
  const {
    specialtyId = '',
    clinicId = '',
    city = '',
    language,
    serviceId,
    patientId,
    startSeconds,
    message = '',
    answers,
  } = wish
  const asked = ['any', specialtyId, clinicId, city, serviceId, patientId, startSeconds, message]
  const more = [language, ...saidOf(answers)]
  const parts = more.every((one) => one === undefined) ? asked : [...asked, ...more]
  return uuidOf(hash('sha256', JSON.stringify(parts), 'hex'))
}

/** Answers in one order, whatever the order they were sent in; nothing when there are none. */
export function saidOf(answers: Answers | undefined): unknown[] {
  return answers === undefined ? [] : [Object.entries(answers).sort(([a], [b]) => (a < b ? -1 : 1))]
}

/** An offer is accepted once: whatever is said the second time, it is the same acceptance. */
export const fingerprintOfAcceptance = (offeredId: string): string =>
  uuidOf(hash('sha256', `accept\n${offeredId}`, 'hex'))

/** What was asked, as one value: tells a replay from another request under the same key. */
export function fingerprintOf(order: BookingOrder): string {
  const { doctorId, serviceId, patientId, startSeconds, message, answers, holdId, overbook, seriesId } = order
  const plain = `${doctorId}\n${serviceId}\n${patientId}\n${startSeconds}\n${message ?? ''}`
  const extra = [holdId, overbook, seriesId, ...saidOf(answers)]
  const text = extra.every((one) => one === undefined) ? plain : `${plain}\n${JSON.stringify(extra)}`
  return uuidOf(hash('sha256', text, 'hex'))
}
