import { dashboard, figure, lines, type Row, stacked } from '../panels.ts'
import { DASHBOARD as D, orZero, quantile, rate, series, sum } from '../promql.ts'

/** One series for each pool: only the leader knows, and after a change of leaders the old one may still be there. */
const pool = (name: string) => `max by (namespace, pool) (${series(D, name)})`

const LEADING = series(D, 'leader_election_master_status', 'name=~"medqueue-(booking-queue|worker-pool)"')
const LED = sum(LEADING, 'namespace', 'name')
const READY = `max by (namespace, queue) (${series(D, 'medqueue_queue_ready')})`

const reconciling: Row = {
  title: 'Reconciling',
  panels: [
    figure(
      {
        title: 'Controllers without a leader',
        description:
          'Of two in each namespace. Nothing is kept or scaled meanwhile; the workers go on as they are. No answer: none of them runs.',
        unit: 'short',
        queries: [[`2 * count(count by (namespace) (${LEADING})) - sum(${LED} > bool 0)`, '']],
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
      description: 'Reconciles that threw, those that only a bug makes throw, and those that were ended.',
      unit: 'ops',
      queries: [
        [sum(rate(D, 'controller_runtime_reconcile_errors_total'), 'controller'), '{{controller}} errors'],
        [sum(rate(D, 'controller_runtime_reconcile_panics_total'), 'controller'), '{{controller}} bugs'],
        [
          orZero(sum(rate(D, 'controller_runtime_reconcile_timeouts_total'), 'controller')),
          '{{controller}} took too long',
        ],
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
      title: 'Wait in the work queue, p99',
      description: 'From the moment an object is to be looked at until that begins, by controller.',
      unit: 's',
      queries: [
        [quantile(D, { q: 0.99, histogram: 'workqueue_queue_duration_seconds', by: ['name'] }), '{{name}}'],
      ],
    }),
    lines({
      title: 'Tried again, or given up',
      description:
        'Objects that are looked at again after a failure, those that wait for a person, and handlers of changes that threw.',
      unit: 'ops',
      queries: [
        [orZero(sum(rate(D, 'workqueue_retries_total'), 'name')), '{{name}} again'],
        [
          orZero(sum(rate(D, 'controller_runtime_terminal_reconcile_errors_total'), 'controller')),
          '{{controller}} given up',
        ],
        [orZero(sum(rate(D, 'operator_informer_handler_errors_total'), 'resource')), '{{resource}} handlers'],
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

const pools: Row = {
  title: 'Pools of workers',
  panels: [
    figure(
      {
        title: 'Pools that are not ready',
        description:
          'That lack something, may not change their workers, or have not heard of their queue. No answer: there is none, or nobody who looks.',
        unit: 'short',
        width: 24,
        queries: [[`sum(${pool('medqueue_pool_ready')} == bool 0)`, '']],
      },
      { warn: 1, bad: 1 },
    ),
    lines({
      title: 'Workers',
      description: 'Wanted, ready, and finishing. Ready follows wanted by the time a worker takes to start.',
      unit: 'short',
      queries: [
        [pool('medqueue_pool_desired_replicas'), '{{pool}} wanted'],
        [pool('medqueue_pool_ready_replicas'), '{{pool}} ready'],
        [pool('medqueue_pool_draining_replicas'), '{{pool}} finishing'],
      ],
    }),
    lines({
      title: 'Requests that wait',
      description: 'Or are worked on, as the pool knows from heartbeats and wake-ups.',
      unit: 'short',
      queries: [[pool('medqueue_pool_depth'), '{{pool}}']],
    }),
    lines({
      title: 'Age of the oldest',
      description: 'Of the requests that wait. The drain SLO is its limit.',
      unit: 's',
      queries: [[pool('medqueue_pool_oldest_age_seconds'), '{{pool}}']],
    }),
    lines({
      title: 'Arrivals and capacity',
      description: 'Requests that arrive a second, and what the ready workers can deal with.',
      unit: 'ops',
      queries: [
        [pool('medqueue_pool_arrival_rate'), '{{pool}} arrive'],
        [
          `${pool('medqueue_pool_service_rate')} * ${pool('medqueue_pool_ready_replicas')}`,
          '{{pool}} capacity',
        ],
      ],
    }),
    lines({
      title: 'Decisions',
      description: 'By reason. SignalsStale means that nothing is known and everything stays.',
      unit: 'ops',
      queries: [[sum(rate(D, 'medqueue_pool_decisions_total'), 'pool', 'reason'), '{{pool}} {{reason}}']],
    }),
    lines({
      title: 'Changes of the number of workers',
      description: 'Many in both directions would be flapping.',
      unit: 'ops',
      queries: [
        [orZero(sum(rate(D, 'medqueue_pool_scalings_total'), 'pool', 'direction')), '{{pool}} {{direction}}'],
      ],
    }),
    lines({
      title: 'Time of a start',
      description: 'How long a worker takes to start, as measured.',
      unit: 's',
      queries: [[pool('medqueue_pool_startup_seconds'), '{{pool}}']],
    }),
    lines({
      title: 'From zero',
      description:
        'From the first request while no worker ran until one was asked for: p99 since the controller leads, for it is rare.',
      unit: 's',
      queries: [
        [
          `histogram_quantile(0.99, ${sum(series(D, 'medqueue_pool_wake_seconds_bucket'), 'le', 'pool')})`,
          '{{pool}}',
        ],
      ],
    }),
    lines({
      title: 'Answers to the wish to finish',
      description: 'Of workers that are to be taken away. overdue: one did not finish in time.',
      unit: 'ops',
      queries: [
        [orZero(sum(rate(D, 'medqueue_pool_drains_total'), 'pool', 'answer')), '{{pool}} {{answer}}'],
      ],
    }),
  ],
}

const queues: Row = {
  title: 'Queues',
  panels: [
    figure(
      {
        title: 'Queues that are not ready',
        description:
          'Whose streams are not as their BookingQueue says. No answer: there is none, or nobody who looks.',
        unit: 'short',
        width: 24,
        queries: [[`sum(${READY} == bool 0)`, '']],
      },
      { warn: 1, bad: 1 },
    ),
    stacked({
      title: 'Requests that wait, by partition',
      description: 'As the stream says. One partition far above the others is a doctor whom everybody wants.',
      unit: 'short',
      queries: [[series(D, 'medqueue_queue_depth'), '{{queue}} {{partition}}']],
    }),
    lines({
      title: 'Age of the oldest request',
      description: 'In each queue.',
      unit: 's',
      queries: [
        [`max by (namespace, queue) (${series(D, 'medqueue_queue_oldest_age_seconds')})`, '{{queue}}'],
      ],
    }),
    lines({
      title: 'Streams put right',
      description: 'That somebody else had changed or deleted.',
      unit: 'ops',
      queries: [[orZero(sum(rate(D, 'medqueue_queue_drift_corrected_total'), 'queue')), '{{queue}}']],
    }),
  ],
}

/** The two controllers. */
export const operatorBoard = dashboard({
  uid: 'medqueue-operator',
  title: 'Medqueue: operator',
  description: 'The controllers that keep booking queues and scale their workers.',
  // A pool's series carry its namespace, the controllers' own series theirs.
  namespacesOf: '{__name__=~"medqueue_pool_depth|leader_election_master_status"}',
  rows: [pools, queues, reconciling, watching],
})
