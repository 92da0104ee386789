import { increase, over, risen, series, sum } from '../promql.ts'
import type { Alert, AlertGroup } from './alert.ts'

const queue = 'namespace="medqueue", queue="medqueue-booking"'
const pool = 'namespace="medqueue", pool="medqueue-booking"'
const ofQueue = { namespace: 'medqueue', queue: 'medqueue-booking' }
const ofPool = { namespace: 'medqueue', pool: 'medqueue-booking' }

const unready: Alert = {
  name: 'BookingQueueNotReady',
  expression: `max by (namespace, queue) (${series(over('1m'), 'medqueue_queue_ready')}) == 0`,
  lasts: '3m',
  severity: 'page',
  summary: 'The streams of {{ $labels.namespace }}/{{ $labels.queue }} are not as they should be',
  description: 'Requests may be refused, or kept with fewer copies than asked for.',
  cases: {
    firing: {
      series: { [`medqueue_queue_ready{${queue}}`]: '0x60' },
      at: '10m',
      labels: ofQueue,
      says: 'The streams of medqueue/medqueue-booking are not as they should be',
    },
    silent: { series: { [`medqueue_queue_ready{${queue}}`]: '0x1 1x60' }, at: '10m' },
  },
}

const old: Alert = {
  name: 'BookingQueueOld',
  expression: `max by (namespace, queue) (${series(over('1m'), 'medqueue_queue_oldest_age_seconds')}) > 30`,
  lasts: '1m',
  severity: 'page',
  summary:
    'A request waits for {{ $value | humanizeDuration }} in {{ $labels.namespace }}/{{ $labels.queue }}',
  description: 'Nobody gets to it: workers are missing, too few, or stuck on one partition.',
  cases: {
    firing: {
      series: { [`medqueue_queue_oldest_age_seconds{${queue}}`]: '0+60x60' },
      at: '5m',
      labels: ofQueue,
      says: 'A request waits for 5m 0s in medqueue/medqueue-booking',
    },
    silent: { series: { [`medqueue_queue_oldest_age_seconds{${queue}}`]: '8x60' }, at: '5m' },
  },
}

const drift: Alert = {
  name: 'BookingQueueDrift',
  expression: risen(over('1h'), { counter: 'medqueue_queue_drift_corrected_total', by: ['queue'] }),
  lasts: '0m',
  severity: 'ticket',
  summary: 'Somebody changed or deleted a stream of {{ $labels.namespace }}/{{ $labels.queue }}',
  description:
    'It was put right. When it had been deleted, what waited in it is lost and callers were told nothing.',
  cases: {
    firing: {
      series: { [`medqueue_queue_drift_corrected_total{${queue}}`]: '0x5 1x20' },
      at: '10m',
      labels: ofQueue,
      says: 'Somebody changed or deleted a stream of medqueue/medqueue-booking',
    },
    silent: { series: { [`medqueue_queue_drift_corrected_total{${queue}}`]: '1x120' }, at: '90m' },
    more: {
      'for the first one': {
        series: { [`medqueue_queue_drift_corrected_total{${queue}, pod="new"}`]: '_x70 1x20' },
        at: '75m',
        labels: ofQueue,
        says: 'Somebody changed or deleted a stream of medqueue/medqueue-booking',
      },
      'not for a leader that begins': {
        series: { [`medqueue_queue_drift_corrected_total{${queue}, pod="new"}`]: '_x70 0x20' },
        at: '75m',
      },
    },
  },
}

/** Of a pool that has not been heard of tells WorkerPoolBlind: one page is enough. */
const idle: Alert = {
  name: 'WorkerPoolNotReady',
  expression:
    `max by (namespace, pool) (${series(over('1m'), 'medqueue_pool_ready')}) == 0 unless ` +
    `max by (namespace, pool) (${series(over('1m'), 'medqueue_pool_signal_age_seconds')}) > 30`,
  lasts: '5m',
  severity: 'page',
  summary: 'The pool {{ $labels.namespace }}/{{ $labels.pool }} is not ready',
  description:
    'Something that it needs is missing, or its workers may not be changed. If a crowd comes now, nobody is added.',
  cases: {
    firing: {
      series: {
        [`medqueue_pool_ready{${pool}}`]: '0x60',
        [`medqueue_pool_signal_age_seconds{${pool}}`]: '1x60',
      },
      at: '10m',
      labels: ofPool,
      says: 'The pool medqueue/medqueue-booking is not ready',
    },
    silent: {
      series: {
        [`medqueue_pool_ready{${pool}}`]: '0x3 1x60',
        [`medqueue_pool_signal_age_seconds{${pool}}`]: '1x60',
      },
      at: '10m',
    },
    more: {
      'when nothing can be decided': {
        series: { [`medqueue_pool_ready{${pool}}`]: '0x60' },
        at: '10m',
        labels: ofPool,
        says: 'The pool medqueue/medqueue-booking is not ready',
      },
      'not when it is blind': {
        series: {
          [`medqueue_pool_ready{${pool}}`]: '0x60',
          [`medqueue_pool_signal_age_seconds{${pool}}`]: '60x60',
        },
        at: '10m',
      },
    },
  },
}

const stale: Alert = {
  name: 'WorkerPoolBlind',
  expression: `max by (namespace, pool) (${series(over('1m'), 'medqueue_pool_signal_age_seconds')}) > 30`,
  lasts: '2m',
  severity: 'page',
  summary:
    'Nothing has been heard of {{ $labels.namespace }}/{{ $labels.pool }} for {{ $value | humanizeDuration }}',
  description: 'The operator keeps the number of workers as it is. If a crowd comes now, nobody is added.',
  cases: {
    firing: {
      series: { [`medqueue_pool_signal_age_seconds{${pool}}`]: '0+60x60' },
      at: '6m',
      labels: ofPool,
      says: 'Nothing has been heard of medqueue/medqueue-booking for 6m 0s',
    },
    silent: { series: { [`medqueue_pool_signal_age_seconds{${pool}}`]: '1x60' }, at: '6m' },
  },
}

const ceiling: Alert = {
  name: 'WorkerPoolAtCeiling',
  expression:
    `${sum(increase(over('5m'), 'medqueue_pool_decisions_total', 'reason="AtCeiling"'), 'namespace', 'pool')} > 0 and ` +
    `max by (namespace, pool) (${series(over('5m'), 'medqueue_pool_oldest_age_seconds')}) > 10`,
  lasts: '2m',
  severity: 'ticket',
  summary: '{{ $labels.namespace }}/{{ $labels.pool }} needs more workers than its ceiling allows',
  description:
    'Requests wait longer than the drain SLO. The ceiling protects the database: look at it before raising it.',
  cases: {
    firing: {
      series: {
        [`medqueue_pool_decisions_total{${pool}, reason="AtCeiling"}`]: '0+60x60',
        [`medqueue_pool_oldest_age_seconds{${pool}}`]: '25x60',
      },
      at: '10m',
      labels: ofPool,
      says: 'medqueue/medqueue-booking needs more workers than its ceiling allows',
    },
    silent: {
      series: {
        [`medqueue_pool_decisions_total{${pool}, reason="AtCeiling"}`]: '0+60x60',
        [`medqueue_pool_oldest_age_seconds{${pool}}`]: '3x60',
      },
      at: '10m',
    },
  },
}

const short: Alert = {
  name: 'WorkerPoolShort',
  expression:
    `max by (namespace, pool) (${series(over('1m'), 'medqueue_pool_ready_replicas')}) < ` +
    `max by (namespace, pool) (${series(over('1m'), 'medqueue_pool_desired_replicas')})`,
  lasts: '5m',
  severity: 'page',
  summary: '{{ $labels.namespace }}/{{ $labels.pool }} has {{ $value }} ready workers, and more are wanted',
  description: 'Pods are not placed, do not start, or are not ready.',
  cases: {
    firing: {
      series: {
        [`medqueue_pool_ready_replicas{${pool}}`]: '1x60',
        [`medqueue_pool_desired_replicas{${pool}}`]: '4x60',
      },
      at: '10m',
      labels: ofPool,
      says: 'medqueue/medqueue-booking has 1 ready workers, and more are wanted',
    },
    silent: {
      series: {
        [`medqueue_pool_ready_replicas{${pool}}`]: '1x3 4x60',
        [`medqueue_pool_desired_replicas{${pool}}`]: '4x60',
      },
      at: '10m',
    },
  },
}

const overdue: Alert = {
  name: 'WorkerDrainsOverdue',
  expression: risen(over('15m'), {
    counter: 'medqueue_pool_drains_total',
    matchers: ['answer="overdue"'],
    by: ['pool'],
  }),
  lasts: '0m',
  severity: 'ticket',
  summary: 'Workers of {{ $labels.namespace }}/{{ $labels.pool }} did not finish before they were taken away',
  description: 'Nothing is lost: their partitions are taken over when the leases end, some seconds later.',
  cases: {
    firing: {
      series: { [`medqueue_pool_drains_total{${pool}, answer="overdue"}`]: '0x5 2x20' },
      at: '10m',
      labels: ofPool,
      says: 'Workers of medqueue/medqueue-booking did not finish before they were taken away',
    },
    silent: { series: { [`medqueue_pool_drains_total{${pool}, answer="accepted"}`]: '0+5x60' }, at: '10m' },
    more: {
      'for the first one': {
        series: { [`medqueue_pool_drains_total{${pool}, answer="overdue"}`]: '_x20 1x20' },
        at: '25m',
        labels: ofPool,
        says: 'Workers of medqueue/medqueue-booking did not finish before they were taken away',
      },
      'not for one of old': {
        series: { [`medqueue_pool_drains_total{${pool}, answer="overdue"}`]: '1x60' },
        at: '40m',
      },
    },
  },
}

const slow: Alert = {
  name: 'WorkerPoolWakesSlowly',
  expression: `histogram_quantile(0.99, ${sum(increase(over('1h'), 'medqueue_pool_wake_seconds_bucket'), 'le', 'namespace', 'pool')}) > 1`,
  lasts: '0m',
  severity: 'ticket',
  summary:
    'It takes {{ $value | humanizeDuration }} until {{ $labels.namespace }}/{{ $labels.pool }} asks for its first worker',
  description: 'The first patient after a quiet time waits that much longer.',
  cases: {
    firing: {
      series: {
        [`medqueue_pool_wake_seconds_bucket{${pool}, le="1"}`]: '0x5 1x60',
        [`medqueue_pool_wake_seconds_bucket{${pool}, le="2.5"}`]: '0x5 10x60',
        [`medqueue_pool_wake_seconds_bucket{${pool}, le="+Inf"}`]: '0x5 10x60',
      },
      at: '20m',
      labels: ofPool,
      says: 'It takes 2.483s until medqueue/medqueue-booking asks for its first worker',
    },
    silent: {
      series: {
        [`medqueue_pool_wake_seconds_bucket{${pool}, le="0.1"}`]: '0x5 10x60',
        [`medqueue_pool_wake_seconds_bucket{${pool}, le="1"}`]: '0x5 10x60',
        [`medqueue_pool_wake_seconds_bucket{${pool}, le="+Inf"}`]: '0x5 10x60',
      },
      at: '20m',
    },
  },
}

export const poolAlerts: AlertGroup = {
  name: 'medqueue-pools',
  alerts: [unready, old, drift, idle, stale, ceiling, short, overdue, slow],
}
