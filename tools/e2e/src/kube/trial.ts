import type { BookingQueueSpec, BookingWorkerPoolSpec } from '@medqueue/contracts'
import { GROUP_VERSION } from '@medqueue/contracts'

import { TRIAL } from '../restore.ts'
import { INSTALLATION } from '../world.ts'

const { namespace, queue, workers } = INSTALLATION
const head = (kind: string, name: string) => ({
  apiVersion: GROUP_VERSION,
  kind,
  metadata: { name, namespace, labels: TRIAL },
})

export const TRIAL_STREAM = 'E2E_REQUESTS'
export const TRIAL_BYTES = 1_048_576

/** A small queue of its own, which goes with its stream. */
export const trialQueue = (spec: Partial<BookingQueueSpec> & Record<string, unknown> = {}) => ({
  ...head('BookingQueue', 'e2e'),
  spec: {
    ...{ stream: TRIAL_STREAM, partitions: 4, replicas: 1, subjectPrefix: 'e2e', deletionPolicy: 'Delete' },
    limits: { maxBytes: TRIAL_BYTES },
    ...spec,
  },
})

/** A pool beside that of the platform. */
export const trialPool = (spec: Partial<BookingWorkerPoolSpec> & Record<string, unknown> = {}) => ({
  ...head('BookingWorkerPool', 'e2e'),
  spec: {
    queueRef: { name: queue.name },
    targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: workers.name },
    ...{ minReplicas: 0, maxReplicas: 3 },
    ...spec,
  },
})
