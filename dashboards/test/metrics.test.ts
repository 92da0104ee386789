import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { freePortsOffset, startPlatform } from '@medqueue/embedded'
import { metricsIn as kitMetrics } from '@medqueue/operator-kit/internal'
import { fileScope } from '@medqueue/testing'
import test from 'ava'
import { Registry } from 'prom-client'

import { discoveryMetrics } from '../../services/gateway/src/discovery/metrics.ts'
import { queueMetrics } from '../../controllers/booking-queue/src/metrics.ts'
import { poolMetrics } from '../../controllers/worker-pool/src/metrics.ts'
import { expressions, metricsIn } from '../src/expressions.ts'

const scope = fileScope(test)

/** Names and types of the metrics in Prometheus' text format. */
const metricsOf = (text: string) =>
  [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => ({ name, type }))

/** Names of the series of a metric: a histogram has three. */
const seriesOf = ({ name, type }: { name: string; type: string }) =>
  type === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => name + suffix) : [name]

const seriesIn = (text: string) => metricsOf(text).flatMap(seriesOf)

const scrape = async (url: string) => (await fetch(new URL('/metrics', url))).text()

/** Metrics that have neither panel nor alert, each for a reason. */
const NOT_SHOWN: readonly RegExp[] = [
  // Node's and the machine's own, of which the row of processes shows what matters.
  /^(process|nodejs)_/,
  // Names that boards for controller-runtime know; ours show the waits, retries and times beside them.
  /^workqueue_(adds_total|work_duration_seconds|unfinished_work_seconds)$/,
  /^controller_runtime_(max_concurrent_reconciles|active_workers)$/,
  // For whoever looks into the kit: lists come with failures and drift, which are shown.
  /^operator_(informer_lists|events)_total$/,
]

/** What every process has, started for real, and what controllers and discovery have, which need a cluster. */
let scraped: string[] = []

test.before(async (t) => {
  t.timeout(240_000)
  const dataDir = await mkdtemp(join(tmpdir(), 'medqueue-'))
  scope.teardown(async () => rm(dataDir, { recursive: true, force: true }))
  const platform = await startPlatform({
    dataDir,
    portsOffset: await freePortsOffset(),
    seed: false,
    quiet: true,
  })
  scope.teardown(async () => platform.stop())
  const { booking, gateway, identity, directory, scheduling, realtime } = platform.urls
  const worker = new URL(booking[0] ?? '')
  worker.port = String(Number(worker.port) + 1)
  const ofServices = await Promise.all(
    [...booking, worker.href, gateway, identity, directory, scheduling, realtime].map(scrape),
  )
  const registry = new Registry()
  kitMetrics(registry)
  poolMetrics(registry, Date.now)
  queueMetrics(registry)
  discoveryMetrics(registry)
  scraped = [...ofServices, await registry.metrics()]
})

test('every metric in a dashboard or alert is one that a real process has', (t) => {
  const known = new Set([...scraped.flatMap(seriesIn), 'up'])
  for (const { place, text } of expressions()) {
    t.deepEqual(
      metricsIn(text).filter((name) => !known.has(name)),
      [],
      place,
    )
  }
})

test('every metric is shown or watched, unless there is a reason why not', (t) => {
  const used = new Set(expressions().flatMap(({ text }) => metricsIn(text)))
  const metrics = scraped.flatMap(metricsOf)
  const unseen = metrics.filter(
    (metric) =>
      !seriesOf(metric).some((name) => used.has(name)) &&
      !NOT_SHOWN.some((reason) => reason.test(metric.name)),
  )
  t.deepEqual([...new Set(unseen.map(({ name }) => name))].sort(), [])
  for (const reason of NOT_SHOWN)
    t.true(
      metrics.some(({ name }) => reason.test(name)),
      `${reason.source} is gone`,
    )
})

test('what is shown needs no reason why not', (t) => {
  const used = expressions().flatMap(({ text }) => metricsIn(text))
  const own = NOT_SHOWN.filter((reason) => !reason.source.startsWith('^(process'))
  t.deepEqual(
    used.filter((name) => own.some((reason) => reason.test(name))),
    [],
  )
})
