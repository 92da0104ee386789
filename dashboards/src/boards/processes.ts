import { lines, type Row } from '../panels.ts'
import { DASHBOARD as D, quantile, rate, series, sum } from '../promql.ts'

/** What every process of ours has: Node's own figures. */
export function processRow(services: string): Row {
  const of = `service=~"${services}"`
  return {
    title: 'Processes',
    panels: [
      lines({
        title: 'Processor',
        description: 'Cores that the processes of a service keep busy.',
        unit: 'cores',
        width: 6,
        queries: [[sum(rate(D, 'process_cpu_seconds_total', of), 'service'), '{{service}}']],
      }),
      lines({
        title: 'Memory of the largest process',
        description: 'Memory that the largest process of a service holds. A line that only rises is a leak.',
        unit: 'bytes',
        width: 6,
        queries: [[`max by (service) (${series(D, 'process_resident_memory_bytes', of)})`, '{{service}}']],
      }),
      lines({
        title: 'Event loop in use',
        description:
          'Share of time in which the busiest process of a service had work. Near 1 it needs another replica.',
        unit: 'percentunit',
        width: 6,
        queries: [[`max by (service) (${series(D, 'nodejs_eventloop_utilization', of)})`, '{{service}}']],
      }),
      lines({
        title: 'Event loop delay, p99',
        description: 'How late the slowest process of a service gets to what is due.',
        unit: 's',
        width: 6,
        queries: [[`max by (service) (${series(D, 'nodejs_eventloop_lag_p99_seconds', of)})`, '{{service}}']],
      }),
    ],
  }
}

/** What every service that answers has: how long one waits before work begins, for a turn and for the database. */
export function waitingRow(services: string): Row {
  const of = `service=~"${services}"`
  return {
    title: 'Waits before work begins',
    panels: [
      lines({
        title: 'Wait for a turn to begin',
        description:
          'How long the request has waited that has waited longest, in the busiest process of a service. What was begun is finished first.',
        unit: 's',
        width: 6,
        queries: [
          [`max by (service) (${series(D, 'http_requests_oldest_wait_seconds', of)})`, '{{service}}'],
        ],
      }),
      lines({
        title: 'Not begun',
        description:
          'Requests a second whose callers had gone before their turn came, and those that waited too long for it and were told to come again.',
        unit: 'ops',
        width: 6,
        queries: [
          [sum(rate(D, 'http_requests_abandoned_total', of), 'service'), '{{service}} gone'],
          [sum(rate(D, 'http_requests_refused_total', of), 'service'), '{{service}} refused'],
        ],
      }),
      lines({
        title: 'Wait for a connection of the database, p99',
        description:
          'From needing one of the pool to having it. Rises when the database is slow, or all are busy.',
        unit: 's',
        width: 6,
        queries: [
          [
            quantile(D, {
              q: 0.99,
              histogram: 'database_pool_wait_seconds',
              matchers: [of],
              by: ['service'],
            }),
            '{{service}}',
          ],
        ],
      }),
      lines({
        title: 'Connections of the database',
        description: 'In use, there, and how many statements wait for one.',
        unit: 'short',
        width: 6,
        queries: (['busy', 'connections', 'waiting'] as const).map((name) => [
          sum(series(D, `database_pool_${name}`, of), 'service'),
          `{{service}} ${name === 'connections' ? 'there' : name}`,
        ]),
      }),
    ],
  }
}

/** Time of requests: median and the slow ones. */
export function percentiles(histogram: string, matchers: readonly string[]): [string, string][] {
  return [0.5, 0.95, 0.99].map((q) => [quantile(D, { q, histogram, matchers }), `p${q * 100}`])
}
