import test from 'ava'
import { Registry } from 'prom-client'

import { decide } from '../src/decide/decide.ts'
import { poolMetrics } from '../src/metrics.ts'
import { situation } from './helpers/observed.ts'

const LABELS = { namespace: 'north', pool: 'pool' }

test('figures of a pool are those of its last decision, and go with it', async (t) => {
  const registry = new Registry()
  const metrics = poolMetrics(registry)
  const decision = decide(...situation({ reading: { depth: 40 } }))
  metrics.decided(LABELS, { ...decision, want: 9 })
  metrics.decided(LABELS, decision)

  const text = await registry.metrics()
  t.regex(
    text,
    new RegExp(`^medqueue_pool_desired_replicas{namespace="north",pool="pool"} ${decision.want}$`, 'm'),
  )
  t.regex(text, /^medqueue_pool_depth{namespace="north",pool="pool"} 40$/m)
  t.regex(text, /^medqueue_pool_decisions_total{.*} 2$/m)

  metrics.scaled(LABELS, 2, 1)
  metrics.woken(LABELS, 0.1)
  for (const answer of ['accepted', 'overdue'] as const) metrics.drainAnswered(LABELS, answer)
  metrics.forget(LABELS)
  t.notRegex(await registry.metrics(), /pool="pool"/)
})
