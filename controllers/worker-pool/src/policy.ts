import { type BookingWorkerPoolSpec, durationMs } from '@medqueue/contracts'

import type { Policy } from './decide/types.ts'

/** The spec of a pool in numbers. */
export function policyOf(spec: BookingWorkerPoolSpec): Policy {
  return {
    min: spec.minReplicas,
    max: spec.maxReplicas,
    drainSloMs: durationMs(spec.drainSLO),
    idleAfterMs: durationMs(spec.idleAfter),
    startupMs: durationMs(spec.startupEstimate),
    serviceRate: spec.serviceRateEstimate,
    windowMs: durationMs(spec.scaleDown.window),
    stepPercent: spec.scaleDown.stepPercent,
    stepPeriodMs: durationMs(spec.scaleDown.stepPeriod),
    headroom: spec.headroom,
  }
}
