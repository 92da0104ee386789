import { dashboard, figure, lines, type Row, stacked } from '../panels.ts'
import { DASHBOARD as D, orZero, quantile, rate, series, share, sum } from '../promql.ts'
import { processRow, waitingRow } from './processes.ts'

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
    lines({
      title: 'Breakers that opened',
      description: 'By service, a second. Each time a replica had failed several times in a row.',
      unit: 'ops',
      width: 6,
      queries: [[orZero(sum(rate(D, 'gateway_breaker_opened_total'), 'service')), '{{service}}']],
    }),
    lines({
      title: 'Sign-ups',
      description: 'Accepted, a second.',
      unit: 'ops',
      width: 6,
      queries: [[sum(rate(D, 'identity_sign_ups_total')), 'sign-ups']],
    }),
    lines({
      title: 'Services found in the cluster',
      description: 'That ask by their label to be routed, and their paths.',
      unit: 'short',
      width: 6,
      queries: [
        [orZero(`max(${series(D, 'gateway_discovered_services')})`), 'services'],
        [orZero(`max(${series(D, 'gateway_discovered_paths')})`), 'paths'],
      ],
    }),
    lines({
      title: 'Services that are not routed',
      description: 'Services, or paths of theirs, that ask to be routed and are not, by reason.',
      unit: 'short',
      width: 6,
      queries: [[orZero(`max by (reason) (${series(D, 'gateway_discovery_refusals')})`), '{{reason}}']],
    }),
  ],
}

const events: Row = {
  title: 'Events between services',
  panels: [
    lines({
      title: 'How late events are taken, p99',
      description:
        'From the storing of an event in the broker to the commit of its effect, by who takes it. A consumer that begins anew takes old events and is late by their age.',
      unit: 's',
      queries: [
        [
          quantile(D, { q: 0.99, histogram: 'event_delay_seconds', by: ['service', 'consumer'] }),
          '{{consumer}}',
        ],
      ],
    }),
    stacked({
      title: 'Events taken',
      description: 'By who takes them, a second.',
      unit: 'ops',
      queries: [[sum(rate(D, 'event_delay_seconds_count'), 'consumer'), '{{consumer}}']],
    }),
    lines({
      title: 'Events that cannot be taken',
      description: 'Tries that failed, and events given up and put into the dead letters.',
      unit: 'ops',
      queries: [
        [sum(rate(D, 'event_failures_total'), 'consumer'), '{{consumer}} failed'],
        [sum(rate(D, 'event_dead_letters_total'), 'consumer'), '{{consumer}} dead letters'],
      ],
    }),
    stacked({
      title: 'Events published',
      description: 'From the outbox of each database, a second.',
      unit: 'ops',
      width: 12,
      queries: [[sum(rate(D, 'outbox_published_total'), 'service'), '{{service}}']],
    }),
    lines({
      title: 'First event that is not published yet',
      description:
        'How long it has waited. Rises while the broker takes nothing: what is written stays in the outbox.',
      unit: 's',
      width: 12,
      queries: [[`max by (service) (${series(D, 'outbox_oldest_wait_seconds')})`, '{{service}}']],
    }),
  ],
}

/** Rate, errors and duration of every service. */
export const servicesBoard = dashboard({
  uid: 'medqueue-services',
  title: 'Medqueue: services',
  description: 'Rate, errors and duration of every service, and what they use.',
  namespacesOf: COUNT,
  rows: [requests, edge, events, waitingRow(SERVICES), processRow(SERVICES)],
})
