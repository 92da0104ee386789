import { gaugeOf } from '@medqueue/service-kit'
import type { Registry } from 'prom-client'

import type { Intake } from './intake.ts'

/** How many callers wait for a decision here, and how long. */
export function intakeMetrics(
  registry: Registry,
  { size, oldestMs }: Pick<Intake, 'size' | 'oldestMs'>,
): void {
  const gauge = (name: string, help: string, valueOf: () => number) =>
    gaugeOf(registry, `booking_undecided_${name}`, help, valueOf)
  gauge('requests', 'Requests stored and not decided yet, as far as this replica waits for them', size)
  gauge('oldest_seconds', 'How long the oldest of them has waited', () => oldestMs() / 1_000)
}
