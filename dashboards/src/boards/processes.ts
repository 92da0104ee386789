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

/** Time of requests: median and the slow ones. */
export function percentiles(histogram: string, matchers: readonly string[]): [string, string][] {
  return [0.5, 0.95, 0.99].map((q) => [quantile(D, { q, histogram, matchers }), `p${q * 100}`])
}
