import { OURS, over, quantile, rate, series, total } from '../promql.ts'
import { type Alert, type AlertGroup, ofOthers } from './alert.ts'

const down: Alert = {
  name: 'MedqueueProcessDown',
  expression: `${series(over('1m'), 'up')} == 0`,
  lasts: '2m',
  severity: 'ticket',
  summary: '{{ $labels.job }} at {{ $labels.instance }} does not answer',
  description: 'Others of its kind go on. When it is the last one, other alerts page.',
  cases: {
    firing: {
      series: { 'up{job="medqueue-directory", instance="a"}': '0x60' },
      at: '5m',
      says: 'medqueue-directory at a does not answer',
      labels: { job: 'medqueue-directory', instance: 'a', [OURS.label]: OURS.value },
    },
    silent: {
      series: {
        'up{job="medqueue-directory", instance="a"}': '1x60',
        [ofOthers('up{job="other-gateway", instance="a"}')]: '0x60',
      },
      at: '5m',
    },
    more: {
      'for a controller': {
        series: { 'up{job="medqueue-operator-worker-pool", instance="a"}': '0x60' },
        at: '5m',
        says: 'medqueue-operator-worker-pool at a does not answer',
        labels: { job: 'medqueue-operator-worker-pool', instance: 'a', [OURS.label]: OURS.value },
      },
    },
  },
}

/** None of these is right while nobody books. */
const MAY_BE_AWAY = '(.*-)?booking-worker'
const all = over('1m')

const WELL = {
  'process_start_time_seconds{service="booking-api"}': '1x60',
  'process_start_time_seconds{service="gateway"}': '1x60',
}

const gone: Alert = {
  name: 'MedqueueServiceGone',
  // Its targets are down; or it has none any more, whatever they were called.
  expression: [
    `max by (namespace, job) (${series(all, 'up', `job!~"${MAY_BE_AWAY}"`)}) == 0`,
    ...['booking-api', 'gateway'].map((name) => {
      const process = series(all, 'process_start_time_seconds', `service="${name}"`)
      return `(absent(${process}) unless on () ${series(all, 'up', `job=~"(.*-)?${name}"`)})`
    }),
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
      labels: { job: 'medqueue-booking-api' },
    },
    silent: {
      series: {
        'up{job="medqueue-booking-api", namespace="medqueue", instance="a"}': '0x60',
        'up{job="medqueue-booking-api", namespace="medqueue", instance="b"}': '1x60',
        'up{job="medqueue-booking-worker", namespace="medqueue", instance="a"}': '0x60',
        'up{job="medqueue-gateway", namespace="medqueue", instance="a"}': '1x60',
        [ofOthers('up{job="foo-gateway", namespace="foo", instance="a"}')]: '0x60',
      },
      at: '10m',
    },
    more: {
      'for a controller': {
        series: { ...WELL, 'up{job="medqueue-operator-booking-queue", instance="a"}': '0x60' },
        at: '10m',
        says: 'Nobody answers as medqueue-operator-booking-queue',
        labels: { job: 'medqueue-operator-booking-queue' },
      },
      'when nothing is left that could be down': {
        series: {
          'process_start_time_seconds{service="booking-api"}': '1x60',
          [ofOthers('process_start_time_seconds{service="gateway"}')]: '1x60',
          [ofOthers('up{job="foo-gateway"}')]: '1x60',
        },
        at: '10m',
        says: 'Nobody answers as gateway',
        labels: { [OURS.label]: OURS.value, service: 'gateway' },
        nowhere: true,
      },
    },
  },
}

const errors: Alert = {
  name: 'MedqueueServiceErrors',
  expression:
    `${total(over('5m'), rate(over('5m'), 'http_request_duration_seconds_count', 'status=~"5.."'), 'service')} / ` +
    `${total(over('5m'), rate(over('5m'), 'http_request_duration_seconds_count'), 'service')} > 0.02`,
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
        [ofOthers('http_request_duration_seconds_count{service="shop", status="500"}')]: '0+99x60',
      },
      at: '15m',
    },
  },
}

const breaker: Alert = {
  name: 'GatewayBreakerOpen',
  expression: `max by (namespace, service) (${series(over('1m'), 'gateway_breaker_openness')}) == 1`,
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
  expression: `max by (namespace, reason) (${series(over('1m'), 'gateway_discovery_refusals')}) > 0`,
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
  expression: `max by (namespace) (${series(over('1m'), 'realtime_lag_events')}) > 5000`,
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
  expression: `${total(over('5m'), rate(over('5m'), 'identity_log_ins_total', 'outcome=~"wrong|wait"'))} > 5`,
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
  expression: `max by (namespace, service) (avg_over_time(${series(over('1m'), 'nodejs_eventloop_utilization')}[5m])) > 0.9`,
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
