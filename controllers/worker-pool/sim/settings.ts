import { BookingWorkerPoolSpec } from '@medqueue/contracts'
import { Value } from 'typebox/value'

import type { Policy } from '../src/decide/types.ts'
import { policyOf } from '../src/policy.ts'
import type { ClusterModel } from './cluster.ts'

const targetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'workers' }

/** A pool that leaves everything to the defaults but what it must say. */
function policyWith(fields: object): Policy {
  const spec = Value.Default(BookingWorkerPoolSpec, { targetRef, ...fields }) as BookingWorkerPoolSpec
  return policyOf(spec)
}

/** As measured on a node of two cores: one worker in 0.8 s, five a second in a rush, 27 ms for a message. */
export const BENCH_MODEL: ClusterModel = {
  startSeconds: 0.8,
  startsPerSecond: 5,
  serviceSeconds: 0.027,
  crowdedSeconds: 0.027,
  stopSeconds: 0.2,
}
/** The same node with less to spare: it starts half as many, and those at work take half as long again meanwhile. */
export const CROWDED_MODEL: ClusterModel = { ...BENCH_MODEL, startsPerSecond: 2.2, crowdedSeconds: 0.042 }
export const benchPolicy = policyWith({ maxReplicas: 25 })

/** Slow starts on a large cluster. */
export const LONG_MODEL: ClusterModel = {
  startSeconds: 8,
  startsPerSecond: 1_000,
  serviceSeconds: 0.025,
  crowdedSeconds: 0.025,
  stopSeconds: 0.2,
}
export const longPolicy = policyWith({ maxReplicas: 50, startupEstimate: '8s' })
