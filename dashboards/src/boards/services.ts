import { dashboard, figure, lines, type Row, stacked } from '../panels.ts'
import { DASHBOARD as D, orZero, quantile, rate, series, share, sum } from '../promql.ts'
import { processRow } from './processes.ts'

const SERVICES = 'gateway|identity|directory|scheduling|booking-api|booking-worker|realtime'
const COUNT = 'http_request_duration_seconds_count'
const failed = (...by: string[]) => sum(rate(D, COUNT, 'status=~"5.."'), ...by)

const requests: Row = {
  title: 'Requests',
  panels: [
    stacked({
      title: 'Requests',
      description: 'Answered, a second, by service. What passes the gateway counts there and at its service.',
      unit: 'reqps',
      queries: [[sum(rate(D, COUNT), 'service'), '{{service}}']],
    }),
    lines({
      title: 'Failed',
      description: 'Share of answers with a status of 500 or more.',
      unit: 'percentunit',
      queries: [
        [
          share(
            `(${failed('service')} or ${sum(rate(D, COUNT), 'service')} * 0)`,
            sum(rate(D, COUNT), 'service'),
          ),
          '{{service}}',
        ],
      ],
    }),
    lines({
      title: 'Answer time, p99',
      description: 'From the arrival of a request to the end of its answer.',
      unit: 's',
      queries: [
        [
          quantile(D, { q: 0.99, histogram: 'http_request_duration_seconds', by: ['service'] }),
          '{{service}}',
        ],
      ],
    }),
    lines({
      title: 'Busiest routes',
      description: 'The ten routes with the most requests.',
      unit: 'reqps',
      width: 12,
      queries: [
        [
          `topk(10, ${sum(rate(D, COUNT), 'service', 'method', 'route')})`,
          '{{service}} {{method}} {{route}}',
        ],
      ],
    }),
    lines({
      title: 'Slowest routes',
      description: 'The ten routes with the longest p95.',
      unit: 's',
      width: 12,
      queries: [
        [
          `topk(10, ${quantile(D, { q: 0.95, histogram: 'http_request_duration_seconds', by: ['service', 'method', 'route'] })})`,
          '{{service}} {{method}} {{route}}',
        ],
      ],
    }),
  ],
}

const edge: Row = {
  title: 'Edge',
  panels: [
    figure(
      {
        title: 'Open breakers',
        description: 'Replicas that the gateway keeps requests away from.',
        unit: 'short',
        width: 6,
        queries: [[`count(${series(D, 'gateway_breaker_openness')} == 1) or vector(0)`, '']],
      },
      { warn: 1, bad: 2 },
    ),
    lines({
      title: 'Calls that got no answer',
      description: 'Of the gateway to a service, by service and kind of failure.',
      unit: 'ops',
      width: 6,
      queries: [
        [
          orZero(sum(rate(D, 'gateway_upstream_failures_total'), 'service', 'failure')),
          '{{service}} {{failure}}',
        ],
      ],
    }),
    lines({
      title: 'WebSockets through the gateway',
      description: 'Most go straight to realtime.',
      unit: 'short',
      width: 6,
      queries: [[sum(series(D, 'gateway_websockets')), 'open']],
    }),
    lines({
      title: 'Log-ins',
      description: 'By outcome. An attack is a rise of wrong and wait, a storm one of busy.',
      unit: 'ops',
      width: 6,
      queries: [[sum(rate(D, 'identity_log_ins_total'), 'outcome'), '{{outcome}}']],
    }),
  ],
}

/** Rate, errors and duration of every service. */
export const servicesBoard = dashboard({
  uid: 'medqueue-services',
  title: 'Medqueue: services',
  description: 'Rate, errors and duration of every service, and what they use.',
  namespacesOf: COUNT,
  rows: [requests, edge, processRow(SERVICES)],
})
