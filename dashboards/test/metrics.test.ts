import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { freePortsOffset, startPlatform } from '@medqueue/embedded'
import { metricsIn as kitMetrics } from '@medqueue/operator-kit/internal'
import test from 'ava'
import { Registry } from 'prom-client'

import { queueMetrics } from '../../controllers/booking-queue/src/metrics.ts'
import { poolMetrics } from '../../controllers/worker-pool/src/metrics.ts'
import { expressions, metricsIn } from '../src/expressions.ts'

/** Names of the series in Prometheus' text format: a histogram has three. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) => {
    return type === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => name + suffix) : [name]
  })
}

async function scrape(url: string): Promise<string[]> {
  return namesIn(await (await fetch(new URL('/metrics', url))).text())
}

test('every metric in a dashboard or alert is one that a real process has', async (t) => {
  t.timeout(240_000)
  const dataDir = await mkdtemp(join(tmpdir(), 'medqueue-'))
  t.teardown(async () => rm(dataDir, { recursive: true, force: true }))
  const platform = await startPlatform({
    dataDir,
    portsOffset: await freePortsOffset(),
    seed: false,
    quiet: true,
  })
  t.teardown(async () => platform.stop())
  const { booking, gateway, identity, directory, scheduling, realtime } = platform.urls
  const worker = new URL(booking[0] ?? '')
  worker.port = String(Number(worker.port) + 1)
  const ofServices = await Promise.all(
    [...booking, worker.href, gateway, identity, directory, scheduling, realtime].map(scrape),
  )
  const registry = new Registry()
  kitMetrics(registry)
  poolMetrics(registry)
  queueMetrics(registry)
  const known = new Set([...ofServices.flat(), ...namesIn(await registry.metrics()), 'up'])

  for (const { place, text } of expressions()) {
    t.deepEqual(
      metricsIn(text).filter((name) => !known.has(name)),
      [],
      place,
    )
  }
})
