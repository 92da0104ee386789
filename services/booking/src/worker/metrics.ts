import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

import type { LogEntry } from './log-reader.ts'

export interface WorkerMetrics {
  partitions: Gauge
  /** A committed batch: its entries, their outcomes, how long it took (ms), and the time now (Unix ms). */
  observe: (entries: readonly LogEntry[], outcomes: readonly string[], tookMs: number, nowMs: number) => void
}

/** Figures of a booking worker; times in seconds, as Prometheus has them. */
export function workerMetrics(registry: Registry): WorkerMetrics {
  const registers = [registry]
  const partitions = new Gauge({ name: 'booking_worker_partitions', help: 'Partitions leased', registers })
  const decisions = new Counter({
    name: 'booking_decisions_total',
    help: 'Requests decided, by decision',
    labelNames: ['decision'],
    registers,
  })
  // A counter that appears with its first event hides that event from every rate.
  decisions.inc({ decision: 'failed' }, 0)
  const size = new Histogram({
    name: 'booking_batch_requests',
    help: 'Requests in a transaction',
    buckets: [1, 3, 10, 30, 100, 300, 1000],
    registers,
  })
  const seconds = new Histogram({
    name: 'booking_batch_seconds',
    help: 'From taking a batch to its commit',
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers,
  })
  const wait = new Histogram({
    name: 'booking_queue_wait_seconds',
    help: 'From storing a message to the commit of its decisions',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30],
    registers,
  })
  return {
    partitions,
    observe: (entries, outcomes, tookMs, nowMs) => {
      size.observe(entries.reduce((sum, { batch }) => sum + (batch?.count ?? 0), 0))
      seconds.observe(tookMs / 1000)
      for (const { storedAt } of entries) wait.observe(Math.max(0, nowMs - storedAt) / 1000)
      for (const [decision, count] of tally(outcomes)) decisions.inc({ decision }, count)
      // What nobody can read is a dead letter, too.
      decisions.inc({ decision: 'failed' }, entries.filter(({ batch }) => batch === undefined).length)
    },
  }
}

function tally(outcomes: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const text of outcomes) {
    if (text === '') continue
    for (const outcome of text.split(';')) {
      const end = outcome.indexOf(',')
      const decision = end === -1 ? outcome : outcome.slice(0, end)
      counts.set(decision, (counts.get(decision) ?? 0) + 1)
    }
  }
  return counts
}
