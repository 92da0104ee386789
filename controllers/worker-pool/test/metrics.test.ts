import test from 'ava'
import { Registry } from 'prom-client'

import { decide } from '../src/decide/decide.ts'
import { poolMetrics } from '../src/metrics.ts'
import { NOW, situation } from './helpers/observed.ts'

const LABELS = { namespace: 'north', pool: 'pool' }

test('figures of a pool are those of its last decision, and go with it', async (t) => {
  const registry = new Registry()
  const metrics = poolMetrics(registry, () => NOW + 2_500)
  const decision = decide(...situation({ reading: { depth: 40 } }))
  metrics.decided(LABELS, { ...decision, want: 9 }, NOW - 1_000)
  metrics.decided(LABELS, decision, NOW)
  metrics.told(LABELS, true)

  const text = await registry.metrics()
  t.regex(
    text,
    new RegExp(`^medqueue_pool_desired_replicas{namespace="north",pool="pool"} ${decision.want}$`, 'm'),
  )
  t.regex(text, /^medqueue_pool_depth{namespace="north",pool="pool"} 40$/m)
  t.regex(text, /^medqueue_pool_signal_age_seconds{namespace="north",pool="pool"} 2.5$/m)
  t.regex(text, /^medqueue_pool_ready{namespace="north",pool="pool"} 1$/m)
  t.regex(text, /^medqueue_pool_decisions_total{.*} 2$/m)

  t.regex(text, /^medqueue_pool_drains_total{.*answer="overdue"} 0$/m)

  metrics.scaled(LABELS, 2, 1)
  metrics.woken(LABELS, 0.1)
  for (const answer of ['accepted', 'overdue'] as const) metrics.drainAnswered(LABELS, answer)
  metrics.forget(LABELS)
  t.notRegex(await registry.metrics(), /pool="pool"/)
})

test('what is too old to know has no figure, and is not zero', async (t) => {
  const registry = new Registry()
  const metrics = poolMetrics(registry, () => NOW)
  metrics.decided(LABELS, decide(...situation({ reading: { depth: 40 } })), NOW)
  metrics.decided(
    LABELS,
    decide(...situation({ reading: { depth: 40, freshAt: NOW - 11_000 } })),
    NOW - 11_000,
  )

  const text = await registry.metrics()
  t.notRegex(text, /^medqueue_pool_(depth|oldest_age_seconds|arrival_rate){/m)
  t.regex(text, /^medqueue_pool_signal_age_seconds{.*} 11$/m)
  t.regex(text, /^medqueue_pool_ready_replicas{/m)
})
