import { over, quantile, risen, series } from '../promql.ts'
import type { Alert, AlertGroup } from './alert.ts'

const deadLetters: Alert = {
  name: 'EventsDeadLetters',
  expression: risen(over('15m'), { counter: 'event_dead_letters_total', by: ['consumer'] }),
  lasts: '0m',
  severity: 'ticket',
  summary: '{{ $labels.consumer }} gave up {{ $value | humanize }} events: they are in the dead letters',
  description:
    'One service does not know what another has told it: a doctor, a time or a step may be missing there until the event is taken.',
  cases: {
    firing: {
      series: { 'event_dead_letters_total{consumer="booking-windows"}': '0x5 2x20' },
      at: '10m',
      says: 'booking-windows gave up 2 events: they are in the dead letters',
      labels: { consumer: 'booking-windows' },
    },
    silent: { series: { 'event_dead_letters_total{consumer="booking-windows"}': '2x60' }, at: '40m' },
    more: {
      'for the first one': {
        series: { 'event_dead_letters_total{consumer="booking-windows"}': '_x20 1x20' },
        at: '25m',
        says: 'booking-windows gave up 1 events: they are in the dead letters',
        labels: { consumer: 'booking-windows' },
      },
    },
  },
}

const late: Alert = {
  name: 'EventsTakenLate',
  expression: `${quantile(over('5m'), { q: 0.99, histogram: 'event_delay_seconds', by: ['consumer'] })} > 30`,
  lasts: '10m',
  severity: 'ticket',
  summary: '{{ $labels.consumer }} takes events {{ $value | humanizeDuration }} after they were told',
  description:
    'What others have changed shows late: times that are gone are still offered, new ones not yet. What is booked is right none the less.',
  cases: {
    firing: {
      series: {
        'event_delay_seconds_bucket{consumer="booking-windows", le="15"}': '0x60',
        'event_delay_seconds_bucket{consumer="booking-windows", le="60"}': '0+60x60',
        'event_delay_seconds_bucket{consumer="booking-windows", le="+Inf"}': '0+60x60',
      },
      at: '20m',
      says: 'booking-windows takes events 59.55s after they were told',
      labels: { consumer: 'booking-windows' },
    },
    silent: {
      series: {
        'event_delay_seconds_bucket{consumer="booking-windows", le="0.5"}': '0+60x60',
        'event_delay_seconds_bucket{consumer="booking-windows", le="60"}': '0+60x60',
        'event_delay_seconds_bucket{consumer="booking-windows", le="+Inf"}': '0+60x60',
      },
      at: '20m',
    },
  },
}

const unpublished: Alert = {
  name: 'EventsNotPublished',
  expression: `max by (namespace, service) (${series(over('1m'), 'outbox_oldest_wait_seconds')}) > 60`,
  lasts: '2m',
  severity: 'page',
  summary: 'Events of {{ $labels.service }} have waited {{ $value | humanizeDuration }} to be published',
  description:
    'What is decided is safe in the database, and nobody hears of it: doctors and patients see nothing new, and search offers what is gone.',
  cases: {
    firing: {
      series: { 'outbox_oldest_wait_seconds{service="booking-worker", pod="a"}': '0+60x20' },
      at: '6m',
      says: 'Events of booking-worker have waited 6m 0s to be published',
      labels: { service: 'booking-worker' },
    },
    silent: {
      series: {
        'outbox_oldest_wait_seconds{service="booking-worker", pod="a"}': '5x60',
        'outbox_oldest_wait_seconds{service="booking-worker", pod="b"}': '0x60',
      },
      at: '6m',
    },
  },
}

const unreadable: Alert = {
  name: 'RealtimeEventsUnreadable',
  expression: risen(over('15m'), { counter: 'realtime_undecodable_total' }),
  lasts: '0m',
  severity: 'ticket',
  summary: '{{ $value | humanize }} live events could not be read and were passed over',
  description: 'Somebody who watches was not told of a step; a page that is opened anew shows it.',
  cases: {
    firing: {
      series: { realtime_undecodable_total: '0x5 4x20' },
      at: '10m',
      says: '4 live events could not be read and were passed over',
    },
    silent: { series: { realtime_undecodable_total: '4x60' }, at: '40m' },
  },
}

export const eventAlerts: AlertGroup = {
  name: 'medqueue-events',
  alerts: [deadLetters, late, unpublished, unreadable],
}
