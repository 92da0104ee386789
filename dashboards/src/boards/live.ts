import { lines, type Row, stacked } from '../panels.ts'
import { DASHBOARD as D, orZero, rate, series, sum } from '../promql.ts'
import { byStatus } from '../traffic.ts'
import { percentiles } from './processes.ts'

const FHIR = ['service="booking-api"', 'route=~"/fhir/R4.*"'] as const
const HTTP = 'http_request_duration_seconds'

/** What hospitals and their systems ask for. */
export const fhirRow: Row = {
  title: 'Other systems, by FHIR',
  panels: [
    stacked({
      title: 'Answers by status, FHIR',
      description: 'Requests at /fhir/R4. 401 and 403: a system without the right token. 409: taken.',
      unit: 'reqps',
      width: 12,
      queries: [[byStatus(D, ...FHIR), '{{status}}']],
    }),
    lines({
      title: 'Answer time, FHIR',
      description: 'Of requests at /fhir/R4.',
      unit: 's',
      width: 12,
      queries: percentiles(HTTP, FHIR),
    }),
  ],
}

/** What is told to those who watch. */
export const liveRow: Row = {
  title: 'Live events',
  panels: [
    lines({
      title: 'Open sockets',
      description: 'People who watch what happens to them or their patients, and pages that show free slots.',
      unit: 'short',
      queries: [
        [sum(series(D, 'realtime_open_sockets')), 'people'],
        [sum(series(D, 'realtime_open_slot_sockets')), 'free slots'],
      ],
    }),
    lines({
      title: 'Events delivered',
      description: 'To sockets, a second: live, caught up after a reconnect, and of free slots.',
      unit: 'ops',
      queries: [[sum(rate(D, 'realtime_delivered_total'), 'way'), '{{way}}']],
    }),
    lines({
      title: 'Delay of events',
      description: 'From the storing of an event to its sending.',
      unit: 's',
      queries: percentiles('realtime_delivery_seconds', []),
    }),
    lines({
      title: 'Events not read yet',
      description: 'How far the slowest hub is behind.',
      unit: 'short',
      queries: [[`max(${series(D, 'realtime_lag_events')})`, 'behind']],
    }),
    lines({
      title: 'Sockets that ended',
      description:
        'By reason, a second. Many that were too slow: the network of those who watch, or of the hub.',
      unit: 'ops',
      queries: [[orZero(sum(rate(D, 'realtime_closed_total'), 'reason')), '{{reason}}']],
    }),
    lines({
      title: 'Trouble with events',
      description: 'Events that cannot be read, and interruptions of catching up, which is tried again.',
      unit: 'ops',
      queries: [
        [sum(rate(D, 'realtime_undecodable_total')), 'cannot be read'],
        [sum(rate(D, 'realtime_replay_failures_total')), 'catching up interrupted'],
      ],
    }),
  ],
}
