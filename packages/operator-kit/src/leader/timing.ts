import { OperatorError } from '../errors.ts'
import type { LeaderTiming } from '../types/leader.ts'

/** Spread of client-go's waits; here it only bounds what timing is accepted. */
const JITTER_FACTOR = 1.2

/** client-go's defaults, and its rules for other figures. @throws OperatorError with OPERATOR_MISUSE. */
export function checkTiming(timing: LeaderTiming): Required<LeaderTiming> {
  const { leaseDurationMs = 15_000, renewDeadlineMs = 10_000, retryPeriodMs = 2_000 } = timing
  const rules: [boolean, string][] = [
    [leaseDurationMs >= 1_000 && leaseDurationMs % 1_000 === 0, 'leaseDurationMs must be whole seconds'],
    [leaseDurationMs > renewDeadlineMs, 'leaseDurationMs must be longer than renewDeadlineMs'],
    [renewDeadlineMs > retryPeriodMs * JITTER_FACTOR, 'renewDeadlineMs must be over 1.2 times retryPeriodMs'],
    [retryPeriodMs > 0, 'retryPeriodMs must be above 0'],
  ]
  const broken = rules.filter(([holds]) => !holds).map(([, rule]) => rule)
  if (broken.length > 0) throw new OperatorError('OPERATOR_MISUSE', `Leader election: ${broken.join('; ')}`)
  return { leaseDurationMs, renewDeadlineMs, retryPeriodMs }
}
