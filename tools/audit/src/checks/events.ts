import type { Example, Findings } from '../findings.ts'
import type { History, Story } from '../sources/history.ts'
import type { AppointmentRow, Ledger, RequestRow } from '../sources/rows.ts'
import { iso } from './iso.ts'

/** Compares what the events tell with what the rows say, both ways. Events behind `before` may be newer than the rows. */
export function checkEvents(ledger: Ledger, history: History & { before: number }, findings: Findings): void {
  for (const story of history.stories.values()) {
    if (story.versionSeq <= history.before) checkStory(ledger, story, findings)
  }
  // What the stream has dropped cannot be called missing.
  if (!history.complete) return
  for (const request of ledger.requests.values()) checkTold(ledger, history, request, findings)
}

function checkStory(ledger: Ledger, story: Story, findings: Findings): void {
  if (story.decisions > 1) {
    findings.add('request_announced_twice', { request: story.id, times: story.decisions })
  }
  const request = ledger.requests.get(story.id)
  const row = ledger.appointments.get(story.id)
  if (story.status === 'refused') {
    if (request === undefined) findings.add('event_without_row', aboutStory(story))
    else if (request.decision !== 'refused' || request.reason !== story.reason) {
      findings.add('event_disagrees', {
        ...aboutStory(story),
        decision: request.decision,
        reason: request.reason,
      })
    }
    return
  }
  if (row === undefined) findings.add('event_without_row', aboutStory(story))
  else compare(ledger, story, row, findings)
}

function compare(ledger: Ledger, story: Story, row: AppointmentRow, findings: Findings): void {
  // The newer version is still on its way.
  if (story.version < row.version && ledger.untold.has(row.id)) return
  const pairs: [field: string, event: string | number | null, row: string | number | null][] = [
    ['status', story.status, row.status],
    ['version', story.version, row.version],
    ['doctor', story.doctorId, row.doctorId],
    ['patient', story.patientId, row.patientId],
    ['service', story.serviceId, row.serviceId],
    ['clinic', story.clinicId, row.clinicId],
    ['from', iso(story.visitFrom), iso(row.visitFrom)],
    ['to', iso(story.visitTo), iso(row.visitTo)],
  ]
  const different = pairs.filter(([, event, stored]) => event !== stored)
  if (different.length === 0) return
  const example: Example = { appointment: row.id }
  for (const [field, event, stored] of different) {
    example[`${field}InEvents`] = event
    example[`${field}InRow`] = stored
  }
  findings.add(story.version < row.version ? 'event_missing' : 'event_disagrees', example)
}

/** Every decision is told, but for `failed`, which goes to the dead letters. */
function checkTold(ledger: Ledger, { stories }: History, request: RequestRow, findings: Findings): void {
  const { id, decision, decidedAt } = request
  if (decision === 'failed' || ledger.untold.has(id) || ledger.untold.has(request.appointmentId)) return
  if ((stories.get(request.appointmentId)?.decisions ?? 0) > 0) return
  findings.add('event_missing', { request: id, decision, decidedAt: iso(decidedAt) })
}

function aboutStory({ id, status, doctorId, decidedAt }: Story): Example {
  return { about: id, statusInEvents: status, doctor: doctorId, decidedAt: iso(decidedAt) }
}
