import type { AuditReport } from './audit.ts'
import type { Example } from './findings.ts'

/** The one line that says it all, such as `audit: doctor_double_bookings=0 … events=1200`. */
export function auditLine({ totals, seen, seconds }: AuditReport): string {
  const counts = Object.entries({ ...totals, ...seen }).map(([name, count]) => `${name}=${count}`)
  return `audit: ${counts.join(' ')} seconds=${seconds.toFixed(1)}`
}

/** What was looked for, how often it was found, and examples of what was. */
export function auditTable(report: AuditReport): string {
  const widest = Math.max(...report.findings.map(({ title }) => title.length))
  const lines = report.findings.flatMap(({ title, count, examples }) => {
    const head = `${title.padEnd(widest)}  ${String(count).padStart(7)}`
    return [head, ...examples.map((example) => `    ${describe(example)}`)]
  })
  return [...lines, ...remarks(report)].join('\n')
}

function remarks({ settled, historyComplete, eventInversions }: AuditReport): string[] {
  return [
    ...(settled ? [] : ['The queue or the outbox did not become empty in time.']),
    ...(historyComplete
      ? []
      : ['The stream of events has dropped its beginning: missing events are not counted.']),
    ...(eventInversions === 0
      ? []
      : [`${eventInversions} events were stored behind a later one of their doctor.`]),
  ]
}

function describe(example: Example): string {
  return Object.entries(example)
    .map(([name, value]) => `${name}=${value ?? '-'}`)
    .join(' ')
}
