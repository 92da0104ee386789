import { GROUP_VERSION } from '@medqueue/contracts'

import { poolCases } from './cases-pool.ts'
import { queueCases } from './cases-queue.ts'

export type ApiCaseKind = 'BookingQueue' | 'BookingWorkerPool'

type Fields = Record<string, unknown>

/** One try at the API server. */
export interface CaseDraft {
  /** What is tried, as a sentence. */
  title: string
  /** Fields of the spec set over the least that is valid; undefined takes a field away. */
  spec?: Fields
  /** Name of the object; a good one when not given. */
  name?: string
  /** When given, an object with these fields is made first, and then changed: for what may not change. */
  before?: Fields
  /** Undefined: the API server takes it. Else: the sentence, or part of it, with which it refuses. */
  refusal?: string
}

export interface ApiCase extends CaseDraft {
  kind: ApiCaseKind
}

const LEAST: Record<ApiCaseKind, Fields> = {
  BookingQueue: { stream: 'BOOKING_REQUESTS', partitions: 4 },
  BookingWorkerPool: {
    queueRef: { name: 'booking' },
    targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'workers' },
    maxReplicas: 10,
  },
}

/** The object of a case: as it is tried, or as it was before. */
export function objectOf(one: ApiCase, fields: Fields = one.spec ?? {}): object {
  const spec = Object.fromEntries(
    Object.entries({ ...LEAST[one.kind], ...fields }).filter(([, value]) => value !== undefined),
  )
  return { apiVersion: GROUP_VERSION, kind: one.kind, metadata: { name: one.name ?? 'case' }, spec }
}

/**
 * What the API server must take and refuse: every rule in the schemas at least once each way, and the bounds that
 * people run into.
 */
export const apiCases: readonly ApiCase[] = [
  ...queueCases.map((one) => ({ ...one, kind: 'BookingQueue' as const })),
  ...poolCases.map((one) => ({ ...one, kind: 'BookingWorkerPool' as const })),
]
