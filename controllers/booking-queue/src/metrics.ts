import { Counter, Gauge, type Registry } from 'prom-client'

import type { BookingQueueStatus } from '@medqueue/contracts'

export interface QueueLabels extends Record<string, string> {
  namespace: string
  queue: string
}

export interface QueueMetrics {
  seen: (labels: QueueLabels, status: BookingQueueStatus) => void
  corrected: (labels: QueueLabels, count: number) => void
  forget: (labels: QueueLabels) => void
}

const LABELS = ['namespace', 'queue'] as const

/** Figures of the queues; times in seconds, as Prometheus has them. */
export function queueMetrics(registry: Registry): QueueMetrics {
  const registers = [registry]
  const depth = new Gauge({
    name: 'medqueue_queue_depth',
    help: 'Requests that wait for a decision, by partition',
    labelNames: [...LABELS, 'partition'],
    registers,
  })
  const oldest = new Gauge({
    name: 'medqueue_queue_oldest_age_seconds',
    help: 'Age of the oldest request that waits',
    labelNames: LABELS,
    registers,
  })
  const ready = new Gauge({
    name: 'medqueue_queue_ready',
    help: '1 when the streams are as the spec says',
    labelNames: LABELS,
    registers,
  })
  const drift = new Counter({
    name: 'medqueue_queue_drift_corrected_total',
    help: 'Streams that somebody else had changed or deleted and that were put right',
    labelNames: LABELS,
    registers,
  })
  return {
    seen: (labels, { partitions, oldestAgeSeconds, conditions }) => {
      const isReady = conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
      ready.set(labels, isReady ? 1 : 0)
      // There before the first one, so that increase() sees it.
      drift.inc(labels, 0)
      oldest.set(labels, oldestAgeSeconds ?? 0)
      for (const { partition, depth: waiting } of partitions ?? []) {
        depth.set({ ...labels, partition: String(partition) }, waiting)
      }
    },
    corrected: (labels, count) => drift.inc(labels, count),
    forget: (labels) => {
      for (const metric of [oldest, ready, drift]) metric.remove(labels)
      // Gauges of one queue have a label more; prom-client removes only exact sets.
      for (let partition = 0; partition < 256; partition++)
        depth.remove({ ...labels, partition: String(partition) })
    },
  }
}
