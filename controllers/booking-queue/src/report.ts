import type { BookingQueueStatus } from '@medqueue/contracts'
import { type Condition, conditionsOf, type Phase } from '@medqueue/operator-kit'

import type { PartitionDepth } from './depth.ts'
import type { Queue } from './kinds.ts'

/** What was found and done in one look at a queue. */
export interface Found {
  phase: Phase
  /** Undefined when the stream could not be read: then the status keeps what it said. */
  stream?: { createdAt: string; leader: string | undefined; depths: PartitionDepth[] }
  /** How many streams were put right. */
  corrected: number
}

/** The whole status. What could not be read stays as it was said last. */
export function statusOf(
  { metadata, status }: Queue,
  { phase, stream, corrected }: Found,
  now: number,
): BookingQueueStatus {
  const generation = metadata.generation ?? 0
  const previous = status?.conditions as Condition[] | undefined
  return {
    ...figuresOf(status, stream),
    observedGeneration: generation,
    conditions: conditionsOf(phase, { generation, previous, now }),
    driftCorrected: (status?.driftCorrected ?? 0) + corrected,
  }
}

type Figures = Omit<BookingQueueStatus, 'conditions' | 'observedGeneration' | 'driftCorrected'>

function figuresOf(before: BookingQueueStatus | undefined, stream: Found['stream']): Figures {
  if (stream === undefined) return before === undefined ? {} : kept(before)
  const { createdAt, leader, depths } = stream
  const ages = depths.flatMap(({ oldestAgeSeconds }) => oldestAgeSeconds ?? [])
  return {
    depth: depths.reduce((sum, { depth }) => sum + depth, 0),
    ...(ages.length === 0 ? {} : { oldestAgeSeconds: Math.max(...ages) }),
    partitions: depths,
    ...(leader === undefined ? {} : { leader }),
    streamCreatedAt: createdAt,
  }
}

function kept(status: BookingQueueStatus): Figures {
  const figures = { ...status }
  delete figures.conditions
  delete figures.observedGeneration
  delete figures.driftCorrected
  return figures
}

/** Whether writing the status would tell anything new. */
export function isNews(before: BookingQueueStatus | undefined, now: BookingQueueStatus): boolean {
  return JSON.stringify(sorted(before)) !== JSON.stringify(sorted(now))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, one]) => [key, sorted(one)]))
}
