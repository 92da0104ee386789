import { dashboard, figure, lines, type Row } from '../panels.ts'
import { DASHBOARD as D, orZero, quantile, rate, series, sum } from '../promql.ts'

const reconciling: Row = {
  title: 'Reconciling',
  panels: [
    figure(
      {
        title: 'Controllers without a leader',
        description: 'Nothing is kept or scaled meanwhile; the workers go on as they are.',
        unit: 'short',
        queries: [
          [`count(${sum(series(D, 'leader_election_master_status'), 'name')} == 0) or vector(0)`, ''],
        ],
      },
      { warn: 1, bad: 1 },
    ),
    lines({
      title: 'Reconciles',
      description: 'By controller and result.',
      unit: 'ops',
      width: 10,
      queries: [
        [
          sum(rate(D, 'controller_runtime_reconcile_total'), 'controller', 'result'),
          '{{controller}} {{result}}',
        ],
      ],
    }),
    lines({
      title: 'Time of a reconcile',
      description: 'p50 and p99 by controller.',
      unit: 's',
      width: 10,
      queries: [0.5, 0.99].map((q) => {
        const histogram = 'controller_runtime_reconcile_time_seconds'
        return [quantile(D, { q, histogram, by: ['controller'] }), `{{controller}} p${q * 100}`] as const
      }),
    }),
    lines({
      title: 'Errors',
      description: 'Reconciles that threw, and those that only a bug makes throw.',
      unit: 'ops',
      queries: [
        [sum(rate(D, 'controller_runtime_reconcile_errors_total'), 'controller'), '{{controller}} errors'],
        [sum(rate(D, 'controller_runtime_reconcile_panics_total'), 'controller'), '{{controller}} bugs'],
      ],
    }),
    lines({
      title: 'Work queue',
      description: 'Keys that wait, and the time spent so far on the longest one at work.',
      unit: 'short',
      queries: [
        [sum(series(D, 'workqueue_depth'), 'name'), '{{name}} waiting'],
        [
          `max by (name) (${series(D, 'workqueue_longest_running_processor_seconds')})`,
          '{{name}} longest, s',
        ],
      ],
    }),
    lines({
      title: 'Calls to the API server',
      description: 'By status; <error> is no answer.',
      unit: 'reqps',
      queries: [[sum(rate(D, 'rest_client_requests_total'), 'code'), '{{code}}']],
    }),
  ],
}

const watching: Row = {
  title: 'Watching',
  panels: [
    lines({
      title: 'Objects in the caches',
      description: 'By resource, in the process that holds the most.',
      unit: 'short',
      queries: [[`max by (resource) (${series(D, 'operator_informer_objects')})`, '{{resource}}']],
    }),
    lines({
      title: 'Failed lists and watches',
      description: 'Each is tried again with a growing pause.',
      unit: 'ops',
      queries: [
        [
          orZero(sum(rate(D, 'operator_informer_failures_total'), 'resource', 'cause')),
          '{{resource}} {{cause}}',
        ],
      ],
    }),
    lines({
      title: 'Changes that a watch had missed',
      description: 'Found by comparing a full list with the cache, and put right.',
      unit: 'ops',
      queries: [
        [
          orZero(sum(rate(D, 'operator_informer_drift_total'), 'resource', 'change')),
          '{{resource}} {{change}}',
        ],
      ],
    }),
  ],
}

/** The two controllers. */
export const operatorBoard = dashboard({
  uid: 'medqueue-operator',
  title: 'Medqueue: operator',
  description: 'The controllers that keep booking queues and scale their workers.',
  namespacesOf: 'leader_election_master_status',
  rows: [reconciling, watching],
})
