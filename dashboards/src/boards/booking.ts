import { figure, lines, type Row, stacked, dashboard } from '../panels.ts'
import { DASHBOARD as D, idleIsZero, orZero, quantile, rate, series, sum } from '../promql.ts'
import { answers, BOOKING_REQUESTS, byStatus, shareOfBookings } from '../traffic.ts'
import { fhirRow, liveRow } from './live.ts'
import { percentiles, processRow, waitingRow } from './processes.ts'
import { waitingRoomRow } from './waiting-room.ts'

const HTTP = 'http_request_duration_seconds'
const WAIT = 'booking_queue_wait_seconds'

/** Zero while nobody books; nothing, and not zero, while no booking api answers. */
const calm = (expression: string) => idleIsZero(D, expression, 'booking-api')

const served: Row = {
  title: 'Are patients being served?',
  panels: [
    figure({
      title: 'Requests a second',
      description: 'Requests for appointments that were answered.',
      unit: 'reqps',
      width: 3,
      queries: [[calm(answers(D, ...BOOKING_REQUESTS)), '']],
    }),
    figure(
      {
        title: 'Answer time, p99',
        description:
          'From the arrival of a request to its answer, with the wait for the decision: 99 of 100 are quicker.',
        unit: 's',
        width: 3,
        queries: [[calm(quantile(D, { q: 0.99, histogram: HTTP, matchers: BOOKING_REQUESTS })), '']],
      },
      { warn: 1, bad: 2 },
    ),
    figure(
      {
        title: 'Failed',
        description:
          'Share of requests answered with a status of 500 or more. 503 asks to come again: nothing is lost.',
        unit: 'percentunit',
        width: 3,
        queries: [[calm(shareOfBookings(D, '5..')), '']],
      },
      { warn: 0.001, bad: 0.01 },
    ),
    figure(
      {
        title: 'Waiting for a decision',
        description:
          'Requests in the queue now, as the operator sees them; without it, those whose callers wait for an answer.',
        unit: 'short',
        width: 3,
        queries: [
          [
            `sum(max by (namespace, queue, partition) (${series(D, 'medqueue_queue_depth')})) or sum(${series(D, 'booking_undecided_requests')})`,
            '',
          ],
        ],
      },
      { warn: 1_000, bad: 10_000 },
    ),
    figure(
      {
        title: 'Wait in the queue, p99',
        description: 'From the storing of a request to the commit of its decision.',
        unit: 's',
        width: 3,
        queries: [[calm(quantile(D, { q: 0.99, histogram: WAIT })), '']],
      },
      { warn: 2, bad: 10 },
    ),
    figure(
      {
        title: 'Decided later',
        description: 'Share of requests answered 202: the decision took longer than the caller would wait.',
        unit: 'percentunit',
        width: 3,
        queries: [[calm(shareOfBookings(D, '202')), '']],
      },
      { warn: 0.01, bad: 0.1 },
    ),
    figure({
      title: 'Workers',
      description: 'Booking workers that Prometheus reaches. None is right while nobody books.',
      unit: 'short',
      width: 3,
      queries: [[orZero(`count(${series(D, 'booking_worker_partitions')})`), '']],
    }),
    figure(
      {
        title: 'Double bookings',
        description:
          'Upcoming appointments that must not be, of every kind. Anything but 0 wakes somebody: see its runbook.',
        unit: 'short',
        width: 3,
        queries: [[`sum(max by (kind) (${series(D, 'booking_record_violations')}))`, '']],
      },
      { warn: 1, bad: 1 },
    ),
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
      title: 'Callers who wait for a decision',
      description: 'Requests stored and not decided yet whose callers are still there.',
      unit: 'short',
      queries: [[sum(series(D, 'booking_undecided_requests')), 'waiting']],
    }),
    lines({
      title: 'Longest wait for a decision',
      description: 'Of the caller who has waited longest now.',
      unit: 's',
      queries: [[`max(${series(D, 'booking_undecided_oldest_seconds')})`, 'longest']],
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

const record: Row = {
  title: 'The record',
  panels: [
    figure({
      title: 'Guards in force',
      description: 'Of the two constraints that forbid double bookings.',
      unit: 'short',
      width: 8,
      queries: [[`sum(min by (constraint) (${series(D, 'booking_record_guard')}))`, '']],
    }),
    figure(
      {
        title: 'Since the last look',
        description: 'How long ago anybody looked for double bookings. The larger the record, the longer.',
        unit: 's',
        width: 8,
        queries: [[`time() - max(${series(D, 'booking_record_looked_at_timestamp_seconds')})`, '']],
      },
      { warn: 120, bad: 600 },
    ),
    lines({
      title: 'Violations by kind',
      description: 'The names are those of the audit.',
      unit: 'short',
      width: 8,
      queries: [[`max by (kind) (${series(D, 'booking_record_violations')})`, '{{kind}}']],
    }),
  ],
}

/** From the request of a patient to its decision and the news of it. */
export const bookingBoard = dashboard({
  uid: 'medqueue-booking',
  title: 'Medqueue: booking path',
  description: 'From the request of a patient to its decision and the news of it.',
  namespacesOf: 'http_request_duration_seconds_count',
  rows: [
    served,
    queue,
    waitingRoomRow,
    waitingRow('booking-api'),
    record,
    liveRow,
    fhirRow,
    processRow('booking-api|booking-worker|realtime'),
  ],
})
