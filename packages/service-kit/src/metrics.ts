import { performance } from 'node:perf_hooks'

import { collectDefaultMetrics, type Metric, Registry } from 'prom-client'

import { gaugeOf } from './gauge.ts'

/** Upper bounds in seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Durations of one route with one status. */
class Series {
  readonly labels: Record<string, string | number>
  readonly counts = new Float64Array(BOUNDS.length + 1)
  sum = 0

  constructor(labels: Record<string, string | number>) {
    this.labels = labels
  }

  observe(seconds: number): void {
    let i = 0
    while (i < BOUNDS.length && seconds > (BOUNDS[i] ?? Infinity)) i += 1
    this.counts[i] = (this.counts[i] ?? 0) + 1
    this.sum += seconds
  }
}

/** Durations of one route; finding the series of a status is one array access. */
export class RouteDurations {
  readonly #byStatus: (Series | undefined)[] = []
  readonly #labels: { method: string; route: string }

  constructor(method: string, route: string) {
    this.#labels = { method, route }
  }

  observe(status: number, milliseconds: number): void {
    const series = (this.#byStatus[status] ??= new Series({ ...this.#labels, status }))
    series.observe(milliseconds / 1_000)
  }

  *series(): Iterable<Series> {
    for (const series of this.#byStatus) if (series !== undefined) yield series
  }
}

const NAME = 'http_request_duration_seconds'

/**
 * A histogram in prom-client's format. prom-client's own builds a string of the labels on each observation, which
 * is a tenth of the whole cost of a small request.
 */
class RequestDurations {
  readonly name = NAME
  readonly help = 'Time from the arrival of a request to the end of its response'
  readonly type = 'histogram'
  readonly aggregator = 'sum'
  readonly #routes: RouteDurations[] = []

  route(method: string, route: string): RouteDurations {
    const durations = new RouteDurations(method, route)
    this.#routes.push(durations)
    return durations
  }

  get(): object {
    const values = this.#routes.flatMap((route) => [...route.series()].flatMap(valuesOf))
    return { name: this.name, help: this.help, type: this.type, aggregator: this.aggregator, values }
  }

  reset(): void {
    this.#routes.length = 0
  }
}

function valuesOf({ labels, counts, sum }: Series) {
  let total = 0
  const buckets = [...counts].map((count, i) => {
    total += count
    return { metricName: `${NAME}_bucket`, labels: { le: BOUNDS[i] ?? '+Inf', ...labels }, value: total }
  })
  return [
    ...buckets,
    { metricName: `${NAME}_sum`, labels, value: sum },
    { metricName: `${NAME}_count`, labels, value: total },
  ]
}

export interface ServiceMetrics {
  /** For the service's own metrics: `new Counter({ …, registers: [app.metrics.registry] })`. */
  readonly registry: Registry
  /** The durations of one route, to be looked up once. */
  readonly route: (method: string, route: string) => RouteDurations
}

/** A registry with process metrics, event loop lag and utilization, and request durations. */
export function createMetrics(service: string): ServiceMetrics {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  // Sampling the event loop each 50 ms, not each 10 ms, keeps an idle process idle.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 50 })
  let last = performance.eventLoopUtilization()
  const utilization = () => {
    const now = performance.eventLoopUtilization()
    const since = performance.eventLoopUtilization(now, last).utilization
    last = now
    return since
  }
  const help = 'Share of time the event loop was busy since the last scrape'
  gaugeOf(registry, 'nodejs_eventloop_utilization', help, utilization)
  const durations = new RequestDurations()
  registry.registerMetric(durations as unknown as Metric)
  return { registry, route: (method, route) => durations.route(method, route) }
}
