import type { OperationOutcome, OperationOutcomeIssue } from 'fhir/r4.js'

import type { SlotView } from '../../api/schemas.ts'
import { SYSTEMS } from './codes.ts'
import { offerId } from './ids.ts'

/** What an error says, as far as the client may know it. */
export interface Problem {
  code: string
  status: number
  title: string
  hint: string
  detail?: string | undefined
  /** The element, parameter or field at fault. */
  expression?: string | undefined
  /** More precise than the status, when the thrower knew. */
  issue?: OperationOutcomeIssue['code'] | undefined
  alternatives?: readonly SlotView[] | undefined
  /** For failures of ours: what to quote. */
  traceId?: string | undefined
}

type IssueCode = OperationOutcomeIssue['code']

const BY_STATUS: Readonly<Record<number, IssueCode>> = {
  400: 'invalid',
  401: 'login',
  403: 'forbidden',
  404: 'not-found',
  406: 'not-supported',
  408: 'timeout',
  409: 'conflict',
  412: 'conflict',
  413: 'too-long',
  414: 'too-long',
  415: 'not-supported',
  422: 'business-rule',
  429: 'throttled',
  431: 'too-long',
  503: 'transient',
}

export function issueCodeOf({ status, issue }: Pick<Problem, 'status' | 'issue'>): IssueCode {
  return issue ?? BY_STATUS[status] ?? (status < 500 ? 'invalid' : 'exception')
}

function issueOf(problem: Problem, severity: 'fatal' | 'error', code: IssueCode): OperationOutcomeIssue {
  const { title, hint, detail, expression, traceId } = problem
  const quoted = traceId === undefined ? undefined : `Trace id: ${traceId}.`
  return {
    severity,
    code,
    details: { coding: [{ system: SYSTEMS.problem, code: problem.code }], text: title },
    diagnostics: [detail, hint, quoted].filter((part) => part !== undefined).join(' '),
    ...(expression === undefined ? {} : { expression: [expression] }),
  }
}

/** An error: the request had no effect. */
export function outcomeOf(problem: Problem): OperationOutcome {
  return { resourceType: 'OperationOutcome', issue: [issueOf(problem, 'fatal', issueCodeOf(problem))] }
}

/**
 * An offer that cannot be had: first as IHE wants it told (`fatal`, `not-found`), then as it is (`conflict`, or a rule
 * it breaks), then what is free instead, each an appointment that can be held or booked.
 */
export function notToBeHad(problem: Problem): OperationOutcome {
  return {
    resourceType: 'OperationOutcome',
    issue: [
      issueOf(problem, 'fatal', 'not-found'),
      issueOf(problem, 'error', issueCodeOf(problem)),
      ...(problem.alternatives ?? []).map(alternative),
    ],
  }
}

function alternative({ doctorId, serviceId, start }: SlotView): OperationOutcomeIssue {
  const id = offerId({ doctorId, serviceId, start: Date.parse(start) / 1000 })
  return {
    severity: 'information',
    code: 'informational',
    details: { text: `Free instead: ${start}` },
    diagnostics: `Appointment/${id}`,
  }
}
