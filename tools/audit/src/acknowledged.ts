import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

import { AuditError } from './errors.ts'

const STATUSES = ['booked', 'pending', 'queued', 'refused', 'cancelled'] as const

/** One answer that a caller was given and that must hold. */
export interface Acknowledgement {
  /** 201 is `booked` or `pending`, 202 is `queued`, a named refusal is `refused`, a cancellation is `cancelled`. */
  status: (typeof STATUSES)[number]
  /** Id of the request, which is also the appointment's. */
  requestId?: string
  appointmentId?: string
  /** The Idempotency-Key; different callers must not share keys in one list. */
  key?: string
}

/** The id an acknowledgement speaks of; undefined for a refusal that named none. */
export function idOf({ appointmentId, requestId }: Acknowledgement): string | undefined {
  return appointmentId ?? requestId
}

/** Reads a list, or a file of JSON lines; empty lines are skipped. Throws AUDIT_ACKNOWLEDGEMENT_INVALID. */
export async function readAcknowledged(
  source: string | Iterable<Acknowledgement> | undefined,
): Promise<Acknowledgement[]> {
  if (source === undefined) return []
  if (typeof source !== 'string') return [...source]
  const answers: Acknowledgement[] = []
  let number = 0
  for await (const line of createInterface({ input: createReadStream(source), crlfDelay: Infinity })) {
    number += 1
    if (line.trim() !== '') answers.push(parse(line, `${source}:${number}`))
  }
  return answers
}

function parse(line: string, place: string): Acknowledgement {
  try {
    const value = JSON.parse(line) as Partial<Acknowledgement> | null
    if (value !== null && isAcknowledgement(value)) return value
  } catch (cause) {
    throw new AuditError('AUDIT_ACKNOWLEDGEMENT_INVALID', `${place} is not JSON`, { cause })
  }
  throw new AuditError(
    'AUDIT_ACKNOWLEDGEMENT_INVALID',
    `${place}: expected {"status":"${STATUSES.join('|')}","requestId" or "appointmentId":"…","key":"…"}`,
  )
}

function isAcknowledgement(value: Partial<Acknowledgement>): value is Acknowledgement {
  const { status, requestId, appointmentId } = value
  if (status === undefined || !STATUSES.includes(status)) return false
  const named = typeof requestId === 'string' || typeof appointmentId === 'string'
  return named || status === 'refused'
}
