import { over, quantile, rate, series, sum } from '../promql.ts'
import type { Alert, AlertGroup } from './alert.ts'

const SERVICES = '(.*-)?(gateway|identity|directory|scheduling|booking-api|booking-worker|realtime)'

const down: Alert = {
  name: 'MedqueueProcessDown',
  expression: `up{job=~"${SERVICES}"} == 0`,
  lasts: '2m',
  severity: 'ticket',
  summary: '{{ $labels.job }} at {{ $labels.instance }} does not answer',
  description: 'Others of its kind go on. When it is the last one, other alerts page.',
  cases: {
    firing: {
      series: { 'up{job="medqueue-directory", instance="a"}': '0x60' },
      at: '5m',
      says: 'medqueue-directory at a does not answer',
      labels: { job: 'medqueue-directory', instance: 'a' },
    },
    silent: {
      series: { 'up{job="medqueue-directory", instance="a"}': '1x60', 'up{job="other"}': '0x60' },
      at: '5m',
    },
  },
}

/** Booking workers are missing here: none is right while nobody books. */
const ALWAYS_THERE = '(.*-)?(gateway|identity|directory|scheduling|booking-api|realtime)'

const gone: Alert = {
  name: 'MedqueueServiceGone',
  // Its targets are down; or it has none any more, whatever they were called.
  expression: [
    `max by (namespace, job) (up{job=~"${ALWAYS_THERE}"}) == 0`,
    ...['booking-api', 'gateway'].map(
      (name) =>
        `(absent(process_start_time_seconds{service="${name}"}) unless on () up{job=~"(.*-)?${name}"})`,
    ),
  ].join(' or '),
  lasts: '2m',
  severity: 'page',
  summary: 'Nobody answers as {{ $labels.job }}{{ $labels.service }}',
  description:
    'Every process of it is away. Without booking-api or gateway patients are not served at all; without the others, not in part.',
  cases: {
    firing: {
      series: {
        'up{job="medqueue-booking-api", namespace="medqueue", instance="a"}': '1x3 0x60',
        'up{job="medqueue-booking-api", namespace="medqueue", instance="b"}': '0x60',
        'up{job="medqueue-gateway", namespace="medqueue", instance="a"}': '1x60',
      },
      at: '10m',
      says: 'Nobody answers as medqueue-booking-api',
      labels: { job: 'medqueue-booking-api', namespace: 'medqueue' },
    },
    silent: {
      series: {
        'up{job="medqueue-booking-api", namespace="medqueue", instance="a"}': '0x60',
        'up{job="medqueue-booking-api", namespace="medqueue", instance="b"}': '1x60',
        'up{job="medqueue-booking-worker", namespace="medqueue", instance="a"}': '0x60',
        'up{job="medqueue-gateway", namespace="medqueue", instance="a"}': '1x60',
      },
      at: '10m',
    },
  },
}

const errors: Alert = {
  name: 'MedqueueServiceErrors',
  expression:
    `${sum(rate(over('5m'), 'http_request_duration_seconds_count', 'status=~"5.."'), 'service')} / ` +
    `${sum(rate(over('5m'), 'http_request_duration_seconds_count'), 'service')} > 0.02`,
  lasts: '5m',
  severity: 'ticket',
  summary: '{{ $value | humanizePercentage }} of the answers of {{ $labels.service }} are errors',
  description:
    'Booking goes on without directory, scheduling and identity; what they do themselves does not.',
  cases: {
    firing: {
      series: {
        'http_request_duration_seconds_count{service="directory", status="500"}': '0+10x60',
        'http_request_duration_seconds_count{service="directory", status="200"}': '0+90x60',
      },
      at: '15m',
      says: '10% of the answers of directory are errors',
      labels: { service: 'directory' },
    },
    silent: {
      series: {
        'http_request_duration_seconds_count{service="directory", status="500"}': '0+1x60',
        'http_request_duration_seconds_count{service="directory", status="200"}': '0+99x60',
      },
      at: '15m',
    },
  },
}

const breaker: Alert = {
  name: 'GatewayBreakerOpen',
  expression: `max by (service) (${series(over('1m'), 'gateway_breaker_openness')}) == 1`,
  lasts: '1m',
  severity: 'page',
  summary: 'The gateway keeps all requests away from a replica of {{ $labels.service }}',
  description:
    'It refused connections or did not answer, and probes fail. In a cluster a replica stands for the whole service.',
  cases: {
    firing: {
      series: { 'gateway_breaker_openness{service="directory", replica="0"}': '1x60' },
      at: '5m',
      says: 'The gateway keeps all requests away from a replica of directory',
      labels: { service: 'directory' },
    },
    silent: {
      series: { 'gateway_breaker_openness{service="directory", replica="0"}': '0x3 1x0 0x60' },
      at: '5m',
    },
  },
}

const unrouted: Alert = {
  name: 'GatewayRefusesServices',
  expression: `max by (reason) (${series(over('1m'), 'gateway_discovery_refusals')}) > 0`,
  lasts: '10m',
  severity: 'ticket',
  summary: 'Not routed though their label asks for it: {{ $value }}, because of {{ $labels.reason }}',
  description:
    'Whoever calls their paths is told that there is nothing. What the platform itself serves goes on.',
  cases: {
    firing: {
      series: { 'gateway_discovery_refusals{reason="path_taken", pod="a"}': '1x60' },
      at: '15m',
      says: 'Not routed though their label asks for it: 1, because of path_taken',
      labels: { reason: 'path_taken' },
    },
    silent: {
      series: { 'gateway_discovery_refusals{reason="path_taken", pod="a"}': '1x5 0x60' },
      at: '15m',
    },
  },
}

const live: Alert = {
  name: 'RealtimeEventsLate',
  expression: `${quantile(over('5m'), { q: 0.99, histogram: 'realtime_delivery_seconds' })} > 5`,
  lasts: '3m',
  severity: 'ticket',
  summary: 'Live events arrive {{ $value | humanizeDuration }} late',
  description: 'Doctors and patients see steps late; what is decided is not touched.',
  cases: {
    firing: {
      series: {
        'realtime_delivery_seconds_bucket{le="5"}': '0+1x60',
        'realtime_delivery_seconds_bucket{le="30"}': '0+60x60',
        'realtime_delivery_seconds_bucket{le="+Inf"}': '0+60x60',
      },
      at: '10m',
      says: 'Live events arrive 29.75s late',
    },
    silent: {
      series: {
        'realtime_delivery_seconds_bucket{le="1"}': '0+60x60',
        'realtime_delivery_seconds_bucket{le="5"}': '0+60x60',
        'realtime_delivery_seconds_bucket{le="+Inf"}': '0+60x60',
      },
      at: '10m',
    },
  },
}

const behind: Alert = {
  name: 'RealtimeBehind',
  expression: `max(${series(over('1m'), 'realtime_lag_events')}) > 5000`,
  lasts: '2m',
  severity: 'ticket',
  summary: 'A WebSocket hub is {{ $value | humanize }} events behind',
  description: 'It cannot keep up with the events: its sockets get everything, but late.',
  cases: {
    firing: {
      series: { realtime_lag_events: '9000x60' },
      at: '5m',
      says: 'A WebSocket hub is 9k events behind',
    },
    silent: { series: { realtime_lag_events: '200x60' }, at: '5m' },
  },
}

const guessing: Alert = {
  name: 'LogInsRefused',
  expression: `${sum(rate(over('5m'), 'identity_log_ins_total', 'outcome=~"wrong|wait"'))} > 5`,
  lasts: '5m',
  severity: 'ticket',
  summary: '{{ $value | humanize }} log-ins a second are refused',
  description: 'Somebody may be guessing passwords. Each account and address is slowed down by itself.',
  cases: {
    firing: {
      series: { 'identity_log_ins_total{outcome="wrong"}': '0+600x60' },
      at: '15m',
      says: '10 log-ins a second are refused',
    },
    silent: {
      series: {
        'identity_log_ins_total{outcome="wrong"}': '0+6x60',
        'identity_log_ins_total{outcome="in"}': '0+6000x60',
      },
      at: '15m',
    },
  },
}

const busy: Alert = {
  name: 'MedqueueProcessSaturated',
  expression: `max by (service) (avg_over_time(${series(over('1m'), 'nodejs_eventloop_utilization')}[5m])) > 0.9`,
  lasts: '10m',
  severity: 'ticket',
  summary: 'A process of {{ $labels.service }} has work {{ $value | humanizePercentage }} of the time',
  description: 'It answers late from here on: give the service another replica.',
  cases: {
    firing: {
      series: { 'nodejs_eventloop_utilization{service="gateway"}': '0.97x60' },
      at: '20m',
      says: 'A process of gateway has work 97% of the time',
      labels: { service: 'gateway' },
    },
    silent: { series: { 'nodejs_eventloop_utilization{service="gateway"}': '0.5x60' }, at: '20m' },
  },
}

export const serviceAlerts: AlertGroup = {
  name: 'medqueue-services',
  alerts: [down, gone, errors, breaker, unrouted, live, behind, guessing, busy],
}
