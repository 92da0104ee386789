import { over, quantile, rate, series, total } from '../promql.ts'
import type { Alert, AlertGroup } from './alert.ts'

const ROOM = 'booking_waiting_room'
const ofRoom = (name: string) => `max by (namespace) (${series(over('1m'), `${ROOM}_${name}`)})`

const overloaded: Alert = {
  name: 'WaitingRoomOverloaded',
  expression: `${ofRoom('pressure')} > 1 and ${ofRoom('waiting')} > 0`,
  lasts: '10m',
  severity: 'page',
  summary: 'The platform stays overloaded, by {{ $value | humanize }} times, though people wait to be let in',
  description:
    'The waiting room lets in fewer and fewer, and it does not help: something other than the crowd is slow. The line hardly moves.',
  cases: {
    firing: {
      series: { [`${ROOM}_pressure`]: '2.5x30', [`${ROOM}_waiting`]: '9000x30' },
      at: '15m',
      says: 'The platform stays overloaded, by 2.5 times, though people wait to be let in',
    },
    silent: {
      series: { [`${ROOM}_pressure`]: '2.5x3 0.7x27', [`${ROOM}_waiting`]: '9000x30' },
      at: '15m',
    },
  },
}

const long: Alert = {
  name: 'WaitingRoomWaitLong',
  expression: `${ofRoom('wait_seconds')} > 3600`,
  lasts: '10m',
  severity: 'ticket',
  summary: 'Whoever comes to the waiting room now is told to wait {{ $value | humanizeDuration }}',
  description: 'People get their turn, but after more than an hour; many will not wait.',
  cases: {
    firing: {
      series: { [`${ROOM}_wait_seconds`]: '5400x30' },
      at: '15m',
      says: 'Whoever comes to the waiting room now is told to wait 1h 30m 0s',
    },
    silent: { series: { [`${ROOM}_wait_seconds`]: '900x30' }, at: '15m' },
  },
}

const gaveUp: Alert = {
  name: 'MedqueueCallersGiveUp',
  expression: `${['abandoned', 'refused'].map((how) => total(over('5m'), rate(over('5m'), `http_requests_${how}_total`), 'service')).join(' + ')} > 1`,
  lasts: '5m',
  severity: 'ticket',
  summary:
    '{{ $value | humanize }} requests to {{ $labels.service }} a second wait so long for their turn that they are not begun',
  description:
    'Their callers gave up, or were told to come again: a crowd is there that is larger than what can be served.',
  cases: {
    firing: {
      series: {
        'http_requests_abandoned_total{service="booking-api"}': '0+180x60',
        'http_requests_refused_total{service="booking-api"}': '0+120x60',
      },
      at: '15m',
      says: '5 requests to booking-api a second wait so long for their turn that they are not begun',
      labels: { service: 'booking-api' },
    },
    silent: {
      series: {
        'http_requests_abandoned_total{service="booking-api"}': '0+6x60',
        'http_requests_refused_total{service="booking-api"}': '0x60',
      },
      at: '15m',
    },
  },
}

const connections: Alert = {
  name: 'DatabaseConnectionsScarce',
  expression: `${quantile(over('5m'), { q: 0.99, histogram: 'database_pool_wait_seconds', by: ['service'] })} > 0.5`,
  lasts: '5m',
  severity: 'ticket',
  summary:
    'Requests of {{ $labels.service }} wait {{ $value | humanizeDuration }} for a connection of the database',
  description:
    'Every connection is in use: the database is slow, or the pool is too small for so many requests.',
  cases: {
    firing: {
      series: {
        'database_pool_wait_seconds_bucket{service="directory", le="0.5"}': '0+50x60',
        'database_pool_wait_seconds_bucket{service="directory", le="1"}': '0+100x60',
        'database_pool_wait_seconds_bucket{service="directory", le="+Inf"}': '0+100x60',
      },
      at: '15m',
      says: 'Requests of directory wait 990ms for a connection of the database',
      labels: { service: 'directory' },
    },
    silent: {
      series: {
        'database_pool_wait_seconds_bucket{service="directory", le="0.01"}': '0+100x60',
        'database_pool_wait_seconds_bucket{service="directory", le="1"}': '0+100x60',
        'database_pool_wait_seconds_bucket{service="directory", le="+Inf"}': '0+100x60',
      },
      at: '15m',
    },
  },
}

export const crowdAlerts: AlertGroup = {
  name: 'medqueue-crowd',
  alerts: [overloaded, long, gaveUp, connections],
}
