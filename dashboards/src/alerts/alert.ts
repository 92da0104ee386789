/** How soon a person must look: at once, at night too; or on the next working day. */
export type Severity = 'page' | 'ticket'

export interface Alert {
  /** Upper camel case. Its runbook is docs/runbooks/<in-kebab-case>.md. */
  name: string
  expression: string
  /** How long it must last, such as `5m`. */
  lasts: string
  severity: Severity
  /** One line, with Prometheus' templates such as `{{ $value }}`. */
  summary: string
  /** What it means for patients. */
  description: string
  /** Cases that it is tried with. */
  cases: { firing: FiringCase; silent: Case }
}

/** Made-up series, and when to look. */
export interface Case {
  /** Series with values in promtool's notation, one value a minute. */
  series: Readonly<Record<string, string>>
  /** When to look, such as `10m`. */
  at: string
}

export interface FiringCase extends Case {
  /** The summary with its templates filled in. */
  says: string
  /** Labels of the alert beside its severity. */
  labels?: Readonly<Record<string, string>>
}

export interface AlertGroup {
  name: string
  alerts: readonly Alert[]
}

/** Where the runbooks are read. */
const RUNBOOKS = 'https://medqueue.dev/runbooks'

/** `BookingQueueWaitLong` → `booking-queue-wait-long`. */
export function slugOf(name: string): string {
  return name.replaceAll(/(?<!^)([A-Z])/g, '-$1').toLowerCase()
}

/** The page that says what to do. */
export const runbookUrl = (name: string) => `${RUNBOOKS}/${slugOf(name)}`
