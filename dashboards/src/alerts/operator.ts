import { increase, over, rate, series, sum } from '../promql.ts'
import type { Alert, AlertGroup } from './alert.ts'

const leaders = sum(series(over('1m'), 'leader_election_master_status'), 'name')

const leaderless: Alert = {
  name: 'OperatorWithoutLeader',
  expression: `${leaders} == 0`,
  lasts: '1m',
  severity: 'page',
  summary: 'No replica of {{ $labels.name }} leads',
  description: 'Workers are not scaled and queues not kept. What runs goes on as it is.',
  cases: {
    firing: {
      series: {
        'leader_election_master_status{name="medqueue-worker-pool", pod="a"}': '0x60',
        'leader_election_master_status{name="medqueue-worker-pool", pod="b"}': '0x60',
      },
      at: '5m',
      says: 'No replica of medqueue-worker-pool leads',
      labels: { name: 'medqueue-worker-pool' },
    },
    silent: {
      series: {
        'leader_election_master_status{name="medqueue-worker-pool", pod="a"}': '0x60',
        'leader_election_master_status{name="medqueue-worker-pool", pod="b"}': '1x60',
      },
      at: '5m',
    },
  },
}

const two: Alert = {
  name: 'OperatorTwoLeaders',
  expression: `${leaders} > 1`,
  lasts: '1m',
  severity: 'page',
  summary: '{{ $value }} replicas of {{ $labels.name }} believe that they lead',
  description:
    'Their writes may contradict each other. Each write carries the version it was made for, so the later one fails.',
  cases: {
    firing: {
      series: {
        'leader_election_master_status{name="medqueue-worker-pool", pod="a"}': '1x60',
        'leader_election_master_status{name="medqueue-worker-pool", pod="b"}': '1x60',
      },
      at: '5m',
      says: '2 replicas of medqueue-worker-pool believe that they lead',
      labels: { name: 'medqueue-worker-pool' },
    },
    silent: {
      series: {
        'leader_election_master_status{name="medqueue-worker-pool", pod="a"}': '1x2 0x60',
        'leader_election_master_status{name="medqueue-worker-pool", pod="b"}': '0x2 1x60',
      },
      at: '5m',
    },
  },
}

const errors: Alert = {
  name: 'OperatorReconcileErrors',
  expression: `${sum(rate(over('5m'), 'controller_runtime_reconcile_errors_total'), 'controller')} > 0.1`,
  lasts: '5m',
  severity: 'ticket',
  summary: 'The controller {{ $labels.controller }} fails again and again',
  description: 'Some object is not brought to where it should be. Its conditions say which and why.',
  cases: {
    firing: {
      series: { 'controller_runtime_reconcile_errors_total{controller="workerpool"}': '0+30x60' },
      at: '15m',
      says: 'The controller workerpool fails again and again',
      labels: { controller: 'workerpool' },
    },
    silent: {
      series: { 'controller_runtime_reconcile_errors_total{controller="workerpool"}': '0+1x60' },
      at: '15m',
    },
  },
}

const bugs: Alert = {
  name: 'OperatorReconcilePanics',
  expression: `${sum(increase(over('15m'), 'controller_runtime_reconcile_panics_total'), 'controller')} > 0`,
  lasts: '0m',
  severity: 'ticket',
  summary: 'The controller {{ $labels.controller }} met what only a defect makes',
  description: 'It goes on with other objects and tries this one again. The log has the place.',
  cases: {
    firing: {
      series: { 'controller_runtime_reconcile_panics_total{controller="workerpool"}': '0x5 1x20' },
      at: '10m',
      says: 'The controller workerpool met what only a defect makes',
      labels: { controller: 'workerpool' },
    },
    silent: {
      series: { 'controller_runtime_reconcile_panics_total{controller="workerpool"}': '1x60' },
      at: '40m',
    },
  },
}

const stuck: Alert = {
  name: 'OperatorWorkStuck',
  expression: `max by (name) (${series(over('1m'), 'workqueue_longest_running_processor_seconds')}) > 60`,
  lasts: '1m',
  severity: 'ticket',
  summary: 'The queue {{ $labels.name }} has worked on one object for {{ $value | humanizeDuration }}',
  description: 'A call hangs. Other objects wait behind it when all workers of the queue hang.',
  cases: {
    firing: {
      series: { 'workqueue_longest_running_processor_seconds{name="workerpool"}': '0+60x60' },
      at: '5m',
      says: 'The queue workerpool has worked on one object for 5m 0s',
      labels: { name: 'workerpool' },
    },
    silent: {
      series: { 'workqueue_longest_running_processor_seconds{name="workerpool"}': '0.2x60' },
      at: '5m',
    },
  },
}

const blind: Alert = {
  name: 'OperatorWatchFails',
  expression: `${sum(rate(over('5m'), 'operator_informer_failures_total'), 'resource')} > 0.05`,
  lasts: '5m',
  severity: 'ticket',
  summary: 'Lists and watches of {{ $labels.resource }} fail',
  description: 'The operator acts on what it last knew. It holds the number of workers when that is too old.',
  cases: {
    firing: {
      series: { 'operator_informer_failures_total{resource="deployments", cause="429"}': '0+10x60' },
      at: '15m',
      says: 'Lists and watches of deployments fail',
      labels: { resource: 'deployments' },
    },
    silent: {
      series: { 'operator_informer_failures_total{resource="deployments", cause="429"}': '2x60' },
      at: '15m',
    },
  },
}

const refused: Alert = {
  name: 'OperatorApiServerErrors',
  expression:
    `${sum(rate(over('5m'), 'rest_client_requests_total', 'code=~"5..|<error>|403"'))} / ` +
    `${sum(rate(over('5m'), 'rest_client_requests_total'))} > 0.1`,
  lasts: '5m',
  severity: 'ticket',
  summary: '{{ $value | humanizePercentage }} of the calls to the API server fail',
  description: 'It cannot be reached, is overloaded, or refuses: then a Role is missing.',
  cases: {
    firing: {
      series: {
        'rest_client_requests_total{code="403", method="PATCH"}': '0+20x60',
        'rest_client_requests_total{code="200", method="GET"}': '0+60x60',
      },
      at: '15m',
      says: '25% of the calls to the API server fail',
    },
    silent: {
      series: {
        'rest_client_requests_total{code="409", method="PATCH"}': '0+20x60',
        'rest_client_requests_total{code="200", method="GET"}': '0+60x60',
      },
      at: '15m',
    },
  },
}

export const operatorAlerts: AlertGroup = {
  name: 'medqueue-operator',
  alerts: [leaderless, two, errors, bugs, stuck, blind, refused],
}
