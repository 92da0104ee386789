import { OURS } from '../promql.ts'

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
  cases: {
    firing: FiringCase
    silent: Case
    /** By what they try; it fires in those in which it says something. */
    more?: Readonly<Record<string, FiringCase | Case>>
  }
}

/** Made-up series, and when to look. */
export interface Case {
  /**
   * Series with values in promtool's notation, one value a minute. They are of processes of ours in the namespace
   * `medqueue`, unless they say otherwise.
   */
  series: Readonly<Record<string, string>>
  /** When to look, such as `10m`. */
  at: string
}

export interface FiringCase extends Case {
  /** The summary with its templates filled in. */
  says: string
  /** Labels of the alert beside its severity and its namespace. */
  labels?: Readonly<Record<string, string>>
  /** The alert cannot say in which namespace: nothing is there. */
  nowhere?: true
}

const labelled = (series: string, label: string, value: string) =>
  series.replace('{', `{${label}="${value}", `)

/** A series like that of somebody else in the same Prometheus. */
export const ofOthers = (series: string) => labelled(series, OURS.label, 'other')

/** A series like that of another installation. */
export const inNamespace = (namespace: string, series: string) => labelled(series, 'namespace', namespace)

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
