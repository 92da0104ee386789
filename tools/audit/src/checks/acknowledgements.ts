import { isActive } from '@medqueue/contracts'

import { type Acknowledgement, idOf } from '../acknowledged.ts'
import type { Example, Findings } from '../findings.ts'
import type { QueuedEntry } from '../sources/queue.ts'
import type { AppointmentRow, Ledger } from '../sources/rows.ts'

/** Answers that promise a row. */
const PROMISES = new Set<Acknowledgement['status']>(['booked', 'pending', 'cancelled'])

/** Whatever was answered must hold: decided, in the way it was told, once for each key. */
export function checkAcknowledgements(
  answers: readonly Acknowledgement[],
  { ledger, queue }: { ledger: Ledger; queue: readonly QueuedEntry[] },
  findings: Findings,
): void {
  const waiting = new Set(queue.map(({ id }) => id))
  const requests = byEitherId(ledger)
  const ids = new Map<string, string>()
  for (const answer of answers) {
    const id = idOf(answer)
    if (id === undefined) continue
    checkKey(ids, answer, id, findings)
    // Told as still queued already.
    if (!requests.has(id) && waiting.has(id)) continue
    checkAnswer({ ...ledger, requests }, answer, id, findings)
  }
}

/** Requests by their own id and by that of the hold they made an appointment of: people are told the latter. */
function byEitherId({ requests }: Ledger): Ledger['requests'] {
  const made = [...requests.values()].filter(
    ({ decision }) => decision === 'booked' || decision === 'pending',
  )
  return new Map([...made.map((request) => [request.appointmentId, request] as const), ...requests])
}

function checkKey(ids: Map<string, string>, { key }: Acknowledgement, id: string, findings: Findings): void {
  if (key === undefined) return
  const other = ids.get(key)
  if (other !== undefined && other !== id)
    findings.add('key_with_two_requests', { key, request: other, other: id })
  ids.set(key, id)
}

function checkAnswer(ledger: Ledger, { status, key }: Acknowledgement, id: string, findings: Findings): void {
  const example: Example = { request: id, answered: status, key: key ?? null }
  const request = ledger.requests.get(id)
  // Who asked by the request is told of a request, and one with a hold has made an appointment of that.
  const row = ledger.appointments.get(request?.appointmentId ?? id)
  if (PROMISES.has(status) && row === undefined) findings.add('acknowledged_without_appointment', example)
  else if (status === 'cancelled') checkCancelled(row, example, findings)
  else if (request === undefined) findings.add('acknowledged_without_decision', example)
  else if (status !== 'queued' && request.decision !== status) {
    findings.add('acknowledged_otherwise', { ...example, decision: request.decision, reason: request.reason })
  }
}

function checkCancelled(row: AppointmentRow | undefined, example: Example, findings: Findings): void {
  if (row === undefined || !isActive(row.status)) return
  findings.add('cancellation_lost', { ...example, status: row.status })
}
