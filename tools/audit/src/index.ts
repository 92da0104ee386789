/**
 * An independent audit of bookings. Finding: something that must not be, with examples. Acknowledgement: an answer that
 * a caller was given and that must hold. Story: what the events tell of one request or appointment. Ledger: the rows of
 * the booking database at one moment.
 */
export type { Acknowledgement } from './acknowledged.ts'
export { audit, type AuditOptions, type AuditReport } from './audit.ts'
export { AuditError, type AuditErrorCode } from './errors.ts'
export { type Example, type Finding, type FindingKind, type Group, GROUPS, KINDS } from './findings.ts'
export { auditLine, auditTable } from './report.ts'
