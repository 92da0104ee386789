import type { ExecutionContext } from 'ava'

import type { AuditReport, FindingKind } from '../../src/index.ts'

/** Asserts that exactly these kinds were found, so often, and nothing else. */
export function finds(
  t: ExecutionContext,
  report: AuditReport,
  expected: Partial<Record<FindingKind, number>>,
): void {
  const found = report.findings.filter(({ count }) => count > 0)
  t.deepEqual(Object.fromEntries(found.map(({ kind, count }) => [kind, count])), expected)
  t.is(report.ok, found.length === 0)
  for (const { examples, count } of found) t.is(examples.length, Math.min(count, 10))
}
