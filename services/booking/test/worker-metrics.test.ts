import test from 'ava'
import { Registry } from 'prom-client'

import type { LogEntry } from '../src/worker/log-reader.ts'
import { workerMetrics } from '../src/worker/metrics.ts'

const failed = async (registry: Registry) => {
  const text = await registry.metrics()
  return /^booking_decisions_total\{decision="failed"\} (\d+)$/m.exec(text)?.[1]
}

const entry = (more: Partial<LogEntry> = {}) => ({ partition: 0, seq: 1, storedAt: 0, ...more }) as LogEntry

test('failures are counted from nothing on, so that the first one shows in a rate', async (t) => {
  const registry = new Registry()
  const { observe } = workerMetrics(registry)
  t.is(await failed(registry), '0')
  const batch = { count: 2 } as LogEntry['batch']
  observe([entry({ batch })], ['booked,x;failed'], 5, 10)
  t.is(await failed(registry), '1')
})

test('what nobody can read is counted with the failures', async (t) => {
  const registry = new Registry()
  workerMetrics(registry).observe([entry()], [''], 5, 10)
  t.is(await failed(registry), '1')
})
