import { over, quantile, rate, risen, series, total } from '../promql.ts'
import { answers, BOOKING_REQUESTS, shareOfBookings } from '../traffic.ts'
import { type Alert, type AlertGroup, inNamespace } from './alert.ts'

const HTTP = 'http_request_duration_seconds'
const BOOKING = 'service="booking-api", method="POST", route="/v1/appointments"'
const count = (status: number) => `${HTTP}_count{${BOOKING}, status="${status}"}`
const bucket = (le: string, histogram = HTTP, labels = `${BOOKING}, status="201"`) =>
  `${histogram}_bucket{${labels === '' ? '' : `${labels}, `}le="${le}"}`

/** A histogram in which so many observations a minute are at most the first bound, and the others above it. */
function histogram(
  name: string,
  labels: string,
  rates: Readonly<Record<string, number>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(rates).map(([le, perMinute]) => [bucket(le, name, labels), `0+${perMinute}x60`]),
  )
}

const failing: Alert = {
  name: 'BookingRequestsFail',
  expression: `${shareOfBookings(over('5m'), '5..')} > 0.01`,
  lasts: '3m',
  severity: 'page',
  summary: '{{ $value | humanizePercentage }} of the requests for appointments fail',
  description:
    'Patients see an error. What was acknowledged is safe; a request sent again with the same key books once.',
  cases: {
    firing: {
      series: { [count(201)]: '0+1000x60', [count(503)]: '0+50x60' },
      at: '10m',
      says: '4.762% of the requests for appointments fail',
    },
    silent: { series: { [count(201)]: '0+1000x60', [count(503)]: '0+5x60' }, at: '10m' },
    more: {
      'beside an installation that is well': {
        series: {
          [count(201)]: '0+100x60',
          [count(503)]: '0+50x60',
          [inNamespace('north', count(201))]: '0+100000x60',
        },
        at: '10m',
        says: '33.33% of the requests for appointments fail',
      },
    },
  },
}

const slow: Alert = {
  name: 'BookingAnswersSlow',
  expression: `${quantile(over('5m'), { q: 0.99, histogram: HTTP, matchers: BOOKING_REQUESTS })} > 1`,
  lasts: '5m',
  severity: 'ticket',
  summary: 'One request for an appointment in a hundred takes longer than {{ $value | humanizeDuration }}',
  description: 'Patients wait. They are answered 202 when the decision takes longer than two seconds.',
  cases: {
    firing: {
      series: histogram(HTTP, `${BOOKING}, status="201"`, { 0.5: 900, 1: 950, 2.5: 1000, '+Inf': 1000 }),
      at: '15m',
      says: 'One request for an appointment in a hundred takes longer than 2.2s',
    },
    silent: {
      series: histogram(HTTP, `${BOOKING}, status="201"`, { 0.5: 998, 1: 999, 2.5: 1000, '+Inf': 1000 }),
      at: '15m',
    },
  },
}

const waiting: Alert = {
  name: 'BookingQueueWaitLong',
  expression: `${quantile(over('2m'), { q: 0.99, histogram: 'booking_queue_wait_seconds' })} > 10`,
  lasts: '1m',
  severity: 'page',
  summary: 'Requests wait {{ $value | humanizeDuration }} for their decision',
  description: 'The drain SLO is broken: there are too few workers, or the database cannot take more.',
  cases: {
    firing: {
      series: histogram('booking_queue_wait_seconds', '', { 5: 0, 10: 0, 30: 100, '+Inf': 100 }),
      at: '10m',
      says: 'Requests wait 29.8s for their decision',
    },
    silent: {
      series: histogram('booking_queue_wait_seconds', '', { 5: 100, 10: 100, 30: 100, '+Inf': 100 }),
      at: '10m',
    },
  },
}

const undecided: Alert = {
  name: 'BookingNobodyDecides',
  expression: `${answers(over('2m'), ...BOOKING_REQUESTS, 'status="202"')} > 0 unless ${total(over('2m'), rate(over('2m'), 'booking_decisions_total'))} > 0`,
  lasts: '1m',
  severity: 'page',
  summary: 'Requests for appointments come in and nobody decides them',
  description: 'They are safe in the queue, and no worker works on it.',
  cases: {
    firing: {
      series: { [count(202)]: '0+60x60' },
      at: '10m',
      says: 'Requests for appointments come in and nobody decides them',
    },
    silent: {
      series: { [count(202)]: '0+60x60', 'booking_decisions_total{decision="booked"}': '0+60x60' },
      at: '10m',
    },
  },
}

const dead: Alert = {
  name: 'BookingDeadLetters',
  expression: risen(over('15m'), { counter: 'booking_decisions_total', matchers: ['decision="failed"'] }),
  lasts: '0m',
  severity: 'ticket',
  summary: '{{ $value | humanize }} requests could not be decided and are in the dead letters',
  description: 'Each of them failed whenever it was tried, so a defect keeps a patient from an appointment.',
  cases: {
    firing: {
      series: { 'booking_decisions_total{decision="failed"}': '0x5 3x20' },
      at: '10m',
      says: '3 requests could not be decided and are in the dead letters',
    },
    silent: { series: { 'booking_decisions_total{decision="failed"}': '3x60' }, at: '40m' },
    more: {
      'for a worker that was woken and met it first': {
        series: { 'booking_decisions_total{decision="failed", pod="new"}': '_x20 1x20' },
        at: '25m',
        says: '1 requests could not be decided and are in the dead letters',
      },
      'not for a worker that begins well': {
        series: { 'booking_decisions_total{decision="failed", pod="new"}': '_x20 0x20' },
        at: '25m',
      },
    },
  },
}

const batches: Alert = {
  name: 'BookingTransactionsSlow',
  expression: `${quantile(over('5m'), { q: 0.95, histogram: 'booking_batch_seconds' })} > 0.5`,
  lasts: '5m',
  severity: 'ticket',
  summary: 'A batch of decisions takes {{ $value | humanizeDuration }} to commit',
  description: 'The database is slow: decisions come late, and more workers make it worse.',
  cases: {
    firing: {
      series: histogram('booking_batch_seconds', '', { 0.25: 10, 0.5: 50, 1: 100, '+Inf': 100 }),
      at: '15m',
      says: 'A batch of decisions takes 950ms to commit',
    },
    silent: {
      series: histogram('booking_batch_seconds', '', { 0.25: 99, 0.5: 99, 1: 100, '+Inf': 100 }),
      at: '15m',
    },
  },
}

const workers: Alert = {
  name: 'BookingWorkersWithoutPartitions',
  expression: `${total(over('1m'), series(over('1m'), 'booking_worker_partitions'))} == 0`,
  lasts: '2m',
  severity: 'page',
  summary: 'Booking workers run and none of them holds a partition',
  description:
    'Workers cannot lease: they do not reach the database, or their leases are held by something that is gone.',
  cases: {
    firing: {
      series: { 'booking_worker_partitions{pod="a"}': '0x60' },
      at: '10m',
      says: 'Booking workers run and none of them holds a partition',
    },
    silent: { series: { 'booking_worker_partitions{pod="a"}': '32x60' }, at: '10m' },
  },
}

const doubleBooked: Alert = {
  name: 'BookingDoubleBooked',
  expression: `max by (namespace, kind) (max_over_time(${series(over('1h'), 'booking_record_violations')}[1h])) > 0`,
  lasts: '0m',
  severity: 'page',
  summary: '{{ $value }} upcoming appointments must not be: {{ $labels.kind }}',
  description:
    'Two people may come at one time, or somebody comes for an appointment that was never decided. The constraints make this impossible, so one of them is missing or its index is broken.',
  cases: {
    firing: {
      series: { 'booking_record_violations{kind="doctor_double_booked", pod="a"}': '0x5 2x5 0x60' },
      at: '15m',
      labels: { kind: 'doctor_double_booked' },
      says: '2 upcoming appointments must not be: doctor_double_booked',
    },
    silent: {
      series: {
        'booking_record_violations{kind="doctor_double_booked", pod="a"}': '0x60',
        'booking_record_violations{kind="patient_double_booked", pod="a"}': '0x60',
      },
      at: '15m',
    },
  },
}

const unguarded: Alert = {
  name: 'BookingGuardMissing',
  expression: `min by (namespace, constraint) (${series(over('1m'), 'booking_record_guard')}) == 0`,
  lasts: '0m',
  severity: 'page',
  summary: 'The constraint {{ $labels.constraint }} is not in force',
  description: 'Nothing else forbids a double booking: from now on one can be made.',
  cases: {
    firing: {
      series: {
        'booking_record_guard{constraint="appointment_doctor_free", pod="a"}': '1x3 0x60',
        'booking_record_guard{constraint="appointment_patient_free", pod="a"}': '1x60',
      },
      at: '5m',
      labels: { constraint: 'appointment_doctor_free' },
      says: 'The constraint appointment_doctor_free is not in force',
    },
    silent: {
      series: {
        'booking_record_guard{constraint="appointment_doctor_free", pod="a"}': '1x60',
        'booking_record_guard{constraint="appointment_patient_free", pod="a"}': '1x60',
      },
      at: '5m',
    },
  },
}

const unwatched: Alert = {
  name: 'BookingRecordUnwatched',
  expression: `time() - max by (namespace) (${series(over('1m'), 'booking_record_looked_at_timestamp_seconds')}) > 600`,
  lasts: '5m',
  severity: 'ticket',
  summary: 'Nobody has looked for double bookings for {{ $value | humanizeDuration }}',
  description: 'The constraints still forbid them; if one were made none the less, nobody would be told.',
  cases: {
    firing: {
      series: { 'booking_record_looked_at_timestamp_seconds{pod="a"}': '0+60x5 300x60' },
      at: '25m',
      says: 'Nobody has looked for double bookings for 20m 0s',
    },
    silent: {
      series: {
        'booking_record_looked_at_timestamp_seconds{pod="a"}': '0x60',
        'booking_record_looked_at_timestamp_seconds{pod="b"}': '0+60x60',
      },
      at: '25m',
    },
  },
}

export const bookingAlerts: AlertGroup = {
  name: 'medqueue-booking',
  alerts: [failing, slow, waiting, undecided, dead, batches, workers, doubleBooked, unguarded, unwatched],
}
