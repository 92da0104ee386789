import test from 'ava'
import { Registry } from 'prom-client'

import { queueMetrics } from '../src/metrics.ts'

const LABELS = { namespace: 'north', queue: 'booking' }

test('what is counted of a queue is there before it happens, and goes with the queue', async (t) => {
  const registry = new Registry()
  const metrics = queueMetrics(registry)
  metrics.seen(LABELS, { depth: 0 })
  t.regex(await registry.metrics(), /^medqueue_queue_drift_corrected_total{.*} 0$/m)

  metrics.corrected(LABELS, 2)
  metrics.seen(LABELS, { depth: 0 })
  t.regex(await registry.metrics(), /^medqueue_queue_drift_corrected_total{.*} 2$/m)

  metrics.forget(LABELS)
  t.notRegex(await registry.metrics(), /queue="booking"/)
})
