import { figure, lines, type Row, stacked, dashboard } from '../panels.ts'
import { DASHBOARD as D, orZero, quantile, rate, series, sum } from '../promql.ts'
import { answers, BOOKING_REQUESTS, byStatus, shareOfBookings } from '../traffic.ts'
import { percentiles, processRow } from './processes.ts'

const HTTP = 'http_request_duration_seconds'
const WAIT = 'booking_queue_wait_seconds'

const patients: Row = {
  title: 'What patients see',
  panels: [
    figure({
      title: 'Requests for appointments',
      description: 'Requests that were answered, a second.',
      unit: 'reqps',
      queries: [[answers(D, ...BOOKING_REQUESTS), '']],
    }),
    figure(
      {
        title: 'Answer time, p99',
        description: 'From the arrival of a request to its answer, with the wait for the decision.',
        unit: 's',
        queries: [[quantile(D, { q: 0.99, histogram: HTTP, matchers: BOOKING_REQUESTS }), '']],
      },
      { warn: 1, bad: 2 },
    ),
    figure(
      {
        title: 'Failed',
        description:
          'Share of requests answered with a status of 500 or more. 503 asks to come again: nothing is lost.',
        unit: 'percentunit',
        queries: [[shareOfBookings(D, '5..'), '']],
      },
      { warn: 0.001, bad: 0.01 },
    ),
    figure(
      {
        title: 'Decided later',
        description: 'Share of requests answered 202: the decision took longer than the caller would wait.',
        unit: 'percentunit',
        queries: [[shareOfBookings(D, '202'), '']],
      },
      { warn: 0.01, bad: 0.1 },
    ),
    figure(
      {
        title: 'Wait in the queue, p99',
        description: 'From the storing of a request to the commit of its decision.',
        unit: 's',
        queries: [[quantile(D, { q: 0.99, histogram: WAIT }), '']],
      },
      { warn: 2, bad: 10 },
    ),
    figure({
      title: 'Workers',
      description: 'Booking workers that Prometheus reaches.',
      unit: 'short',
      queries: [[orZero(`count(${series(D, 'booking_worker_partitions')})`), '']],
    }),
    stacked({
      title: 'Answers by status',
      description: '201 booked or pending; 202 decided later; 409 taken; 503 come again.',
      unit: 'reqps',
      queries: [[byStatus(D, ...BOOKING_REQUESTS), '{{status}}']],
    }),
    lines({
      title: 'Answer time',
      description: 'Of requests for appointments.',
      unit: 's',
      queries: percentiles(HTTP, BOOKING_REQUESTS),
    }),
    lines({
      title: 'Search time',
      description: 'Of the search for free slots.',
      unit: 's',
      queries: percentiles(HTTP, ['service="booking-api"', 'route=~"/v1/slots.*"']),
    }),
  ],
}

const queue: Row = {
  title: 'Queue and workers',
  panels: [
    stacked({
      title: 'Decisions',
      description: 'Requests decided, by decision. `failed` means that it went to the dead letters.',
      unit: 'ops',
      queries: [[sum(rate(D, 'booking_decisions_total'), 'decision'), '{{decision}}']],
    }),
    lines({
      title: 'Wait in the queue',
      description: 'From the storing of a request to the commit of its decision; the drain SLO is its limit.',
      unit: 's',
      queries: percentiles(WAIT, []),
    }),
    lines({
      title: 'Partitions of each worker',
      description:
        'Ordered lanes that a worker holds. Their sum is the number of partitions, unless workers are missing.',
      unit: 'short',
      queries: [
        [series(D, 'booking_worker_partitions'), '{{pod}}{{instance}}'],
        [sum(series(D, 'booking_worker_partitions')), 'all'],
      ],
    }),
    lines({
      title: 'Requests in a transaction',
      description: 'Batches grow with the load: this is what makes the queue quick.',
      unit: 'short',
      queries: percentiles('booking_batch_requests', []),
    }),
    lines({
      title: 'Time of a transaction',
      description: 'From taking a batch to its commit.',
      unit: 's',
      queries: percentiles('booking_batch_seconds', []),
    }),
    lines({
      title: 'Work of the workers',
      description: 'Share of their time in which lanes had a batch at work, over all workers.',
      unit: 'percentunit',
      queries: [
        [
          `${sum(rate(D, 'booking_batch_seconds_sum'))} / count(${series(D, 'booking_worker_partitions')})`,
          'lanes busy',
        ],
      ],
    }),
  ],
}

const live: Row = {
  title: 'Live events',
  panels: [
    lines({
      title: 'Open sockets',
      description: 'People who watch.',
      unit: 'short',
      width: 6,
      queries: [[sum(series(D, 'realtime_open_sockets')), 'open']],
    }),
    lines({
      title: 'Events delivered',
      description: 'To sockets, a second: live, and caught up after a reconnect.',
      unit: 'ops',
      width: 6,
      queries: [[sum(rate(D, 'realtime_delivered_total'), 'way'), '{{way}}']],
    }),
    lines({
      title: 'Delay of events',
      description: 'From the storing of an event to its sending.',
      unit: 's',
      width: 6,
      queries: percentiles('realtime_delivery_seconds', []),
    }),
    lines({
      title: 'Events not read yet',
      description: 'How far the slowest hub is behind.',
      unit: 'short',
      width: 6,
      queries: [[`max(${series(D, 'realtime_lag_events')})`, 'behind']],
    }),
  ],
}

const record: Row = {
  title: 'The record',
  panels: [
    figure(
      {
        title: 'Double bookings',
        description:
          'Upcoming appointments that must not be, of every kind. Anything but 0 wakes somebody: see its runbook.',
        unit: 'short',
        width: 6,
        queries: [[`sum(max by (kind) (${series(D, 'booking_record_violations')}))`, '']],
      },
      { warn: 1, bad: 1 },
    ),
    figure({
      title: 'Guards in force',
      description: 'Of the two constraints that forbid double bookings.',
      unit: 'short',
      width: 6,
      queries: [[`sum(min by (constraint) (${series(D, 'booking_record_guard')}))`, '']],
    }),
    figure(
      {
        title: 'Since the last look',
        description: 'How long ago anybody looked for double bookings. The larger the record, the longer.',
        unit: 's',
        width: 6,
        queries: [[`time() - max(${series(D, 'booking_record_looked_at_timestamp_seconds')})`, '']],
      },
      { warn: 120, bad: 600 },
    ),
    lines({
      title: 'Violations by kind',
      description: 'The names are those of the audit.',
      unit: 'short',
      width: 6,
      queries: [[`max by (kind) (${series(D, 'booking_record_violations')})`, '{{kind}}']],
    }),
  ],
}

const ROOM = 'booking_waiting_room'
/** Every replica says the same of the whole room. */
const ofRoom = (name: string) => `max(${series(D, `${ROOM}_${name}`)})`

const waitingRoom: Row = {
  title: 'Waiting room',
  panels: [
    lines({
      title: 'People who wait',
      description: 'Those who have come and are not let in yet. 0 while the room is closed.',
      unit: 'short',
      width: 6,
      queries: [
        [ofRoom('waiting'), 'waiting'],
        [ofRoom('admitted'), 'let in'],
      ],
    }),
    lines({
      title: 'Let in a second',
      description: 'As the controller has decided by what is measured.',
      unit: 'ops',
      width: 6,
      queries: [[ofRoom('rate'), 'let in']],
    }),
    lines({
      title: 'Pressure',
      description:
        'Age of the oldest request and delay of the event loop against their limits: above 1 it is overload.',
      unit: 'short',
      width: 6,
      queries: [[ofRoom('pressure'), 'pressure']],
    }),
    lines({
      title: 'Wait',
      description: 'The longest wait that somebody who came now would be told.',
      unit: 's',
      width: 6,
      queries: [[ofRoom('wait_seconds'), 'wait']],
    }),
  ],
}

/** From the request of a patient to its decision and the news of it. */
export const bookingBoard = dashboard({
  uid: 'medqueue-booking',
  title: 'Medqueue: booking path',
  description: 'From the request of a patient to its decision and the news of it.',
  namespacesOf: 'http_request_duration_seconds_count',
  rows: [patients, queue, waitingRoom, record, live, processRow('booking-api|booking-worker|realtime')],
})
