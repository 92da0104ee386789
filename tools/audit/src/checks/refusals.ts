import { isActive } from '@medqueue/contracts'

import type { Findings } from '../findings.ts'
import type { Story } from '../sources/history.ts'
import type { AppointmentRow, Ledger, RequestRow, ServiceLength } from '../sources/rows.ts'
import { IntervalIndex } from './interval-index.ts'
import { iso } from './iso.ts'

export interface RefusalContext {
  ledger: Ledger
  stories: ReadonlyMap<string, Story>
  /** When the present stream was made: sequences before and after do not compare. Unix milliseconds. */
  streamCreatedAt: number
}

/**
 * Two transactions that meet commit in an order that their times, taken as they begin, need not show. Cancelling takes
 * milliseconds, deciding a batch less than a second.
 */
const MEETING_MS = 5_000

/**
 * First come, first served: whoever is told `slot_taken` must find, in the way of the visit asked for, an appointment
 * of the same doctor whose request stood earlier in the partition and which had not ended then.
 */
export function checkRefusals(context: RefusalContext, findings: Findings): void {
  const { ledger } = context
  const doctors = new IntervalIndex<AppointmentRow>()
  const patients = new IntervalIndex<AppointmentRow>()
  for (const row of ledger.appointments.values()) {
    doctors.add(row.doctorId, row.blockedFrom, row.blockedTo, row)
    patients.add(row.patientId, row.visitFrom, row.visitTo, row)
  }
  const left = placesLeft(context)
  const lengths = longestLengths(ledger)
  for (const request of ledger.requests.values()) {
    const length = lengths.get(request.serviceId)
    if (length === undefined) continue
    const { startsAt } = request
    const inPatientsWay = () => patients.meeting(request.patientId, startsAt, startsAt + length.visit)
    if (request.reason === 'slot_taken') {
      const [from, to] = [startsAt - length.blocked, startsAt + length.blocked]
      const inWay = [...doctors.meeting(request.doctorId, from, to)]
      // Somebody may have been in the way and have moved on since: the record keeps where each visit is now.
      if (left.doctors.meeting(request.doctorId, from, to).next().done === false) continue
      checkSlotTaken(context, findings, { request, inWay, inPatientsWay })
    }
    if (request.reason === 'patient_overlap') {
      const justified = inPatientsWay().some((row) => stoodAt(context, row, request))
      const [from, to] = [startsAt, startsAt + length.visit]
      if (!justified && left.patients.meeting(request.patientId, from, to).next().done !== false)
        findings.add('refused_without_cause', describe(request))
    }
  }
}

/** Where visits were before they were moved, by doctor and by patient. */
function placesLeft({ stories }: RefusalContext) {
  const left = { doctors: new IntervalIndex<Story>(), patients: new IntervalIndex<Story>() }
  for (const story of stories.values())
    for (const { doctorId, from, to } of story.left) {
      left.doctors.add(doctorId, from, to, story)
      left.patients.add(story.patientId, from, to, story)
    }
  return left
}

interface Case {
  request: RequestRow
  /** The doctor's appointments that meet the visit asked for, past and present. */
  inWay: AppointmentRow[]
  inPatientsWay: () => Generator<AppointmentRow>
}

function checkSlotTaken(
  context: RefusalContext,
  findings: Findings,
  { request, inWay, inPatientsWay }: Case,
): void {
  const earlier = inWay.filter((row) => isEarlier(context, row, request))
  if (earlier.some((row) => !endedBefore(context, row, request))) return
  // Refused rightly, though for the patient's own sake: both were in the way, or the doctor's came after.
  if (inPatientsWay().some((row) => stoodAt(context, row, request))) return
  const later = inWay.find((row) => !isEarlier(context, row, request))
  if (later === undefined) findings.add('refused_without_cause', describe(request))
  else
    findings.add('overtaken', {
      ...describe(request),
      by: later.id,
      byPlace: placeOf(context.ledger, later.id),
    })
}

/** True when the appointment's request stands ahead of the other in the partition. */
function isEarlier(
  { ledger, streamCreatedAt }: RefusalContext,
  row: AppointmentRow,
  than: RequestRow,
): boolean {
  const request = ledger.requests.get(row.id)
  // A hold is made beside the queue: which of two that meet was first the times do not tell.
  if (request === undefined) return row.createdAt < than.decidedAt + MEETING_MS
  const [mine, theirs] = [request.decidedAt >= streamCreatedAt, than.decidedAt >= streamCreatedAt]
  if (mine !== theirs) return theirs
  if (!mine || request.partition !== than.partition) return request.decidedAt <= than.decidedAt
  return (
    request.streamSeq < than.streamSeq ||
    (request.streamSeq === than.streamSeq && request.batchPos < than.batchPos)
  )
}

/** Was there when the request was decided, as far as times can tell. */
function stoodAt(context: RefusalContext, row: AppointmentRow, request: RequestRow): boolean {
  if (row.id === request.id || row.createdAt > request.decidedAt + MEETING_MS) return false
  return !endedBefore(context, row, request)
}

function endedBefore(
  { stories }: RefusalContext,
  row: AppointmentRow,
  { id, decidedAt }: RequestRow,
): boolean {
  if (isActive(row.status)) return false
  const story = stories.get(row.id)
  if ((story?.endedSeq ?? 0) > (stories.get(id)?.decidedSeq ?? Infinity)) return false
  return (story?.endedAt ?? row.updatedAt) < decidedAt - MEETING_MS
}

/** The lengths now or the longest ever booked: a service may have been longer when somebody was refused. */
function longestLengths({ services, appointments }: Ledger): Map<string, ServiceLength> {
  const longest = new Map([...services].map(([id, length]) => [id, { ...length }]))
  for (const { serviceId, visitFrom, visitTo, blockedFrom, blockedTo } of appointments.values()) {
    const length = longest.get(serviceId)
    if (length === undefined) continue
    length.visit = Math.max(length.visit, visitTo - visitFrom)
    length.blocked = Math.max(length.blocked, blockedTo - blockedFrom)
  }
  return longest
}

function describe({ id, doctorId, reason, partition, streamSeq, batchPos, decidedAt }: RequestRow) {
  const place = `${partition}:${streamSeq}:${batchPos}`
  return { request: id, doctor: doctorId, reason, place, decidedAt: iso(decidedAt) }
}

function placeOf({ requests }: Ledger, id: string): string | null {
  const request = requests.get(id)
  return request === undefined ? null : `${request.partition}:${request.streamSeq}:${request.batchPos}`
}
