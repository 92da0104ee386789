import { OURS, over, rate, risen, series, total } from '../promql.ts'
import { type Alert, type AlertGroup, ofOthers } from './alert.ts'

const LEASES = ['medqueue-booking-queue', 'medqueue-worker-pool']
const LEADING = 'leader_election_master_status'
const leaders = total(over('1m'), series(over('1m'), LEADING, `name=~"${LEASES.join('|')}"`), 'name')
const led = 'leader_election_master_status{name="medqueue-booking-queue", pod="c"}'

const leaderless: Alert = {
  name: 'OperatorWithoutLeader',
  // Without any replica there is nothing that could be 0.
  expression: [
    `${leaders} == 0`,
    ...LEASES.map((name) => `absent(${series(over('1m'), LEADING, `name="${name}"`)})`),
  ].join(' or '),
  lasts: '1m',
  severity: 'page',
  summary: 'No replica of {{ $labels.name }} leads',
  description: 'Workers are not scaled and queues not kept. What runs goes on as it is.',
  cases: {
    firing: {
      series: {
        'leader_election_master_status{name="medqueue-worker-pool", pod="a"}': '0x60',
        'leader_election_master_status{name="medqueue-worker-pool", pod="b"}': '0x60',
        [led]: '1x60',
      },
      at: '5m',
      says: 'No replica of medqueue-worker-pool leads',
      labels: { name: 'medqueue-worker-pool' },
    },
    silent: {
      series: {
        'leader_election_master_status{name="medqueue-worker-pool", pod="a"}': '0x60',
        'leader_election_master_status{name="medqueue-worker-pool", pod="b"}': '1x60',
        [led]: '1x60',
        [ofOthers('leader_election_master_status{name="ingress", pod="d"}')]: '0x60',
      },
      at: '5m',
    },
    more: {
      'when its pods are gone': {
        series: {
          [led]: '1x60',
          'leader_election_master_status{name="medqueue-worker-pool", pod="a"}': '1x2 _x58',
        },
        at: '20m',
        says: 'No replica of medqueue-worker-pool leads',
        labels: { [OURS.label]: OURS.value, name: 'medqueue-worker-pool' },
        nowhere: true,
      },
      'beside an operator that is led': {
        series: {
          [led]: '1x60',
          'leader_election_master_status{name="medqueue-worker-pool", pod="a"}': '0x60',
          'leader_election_master_status{name="medqueue-worker-pool", namespace="north", pod="a"}': '1x60',
        },
        at: '5m',
        says: 'No replica of medqueue-worker-pool leads',
        labels: { name: 'medqueue-worker-pool' },
      },
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
        // Each of these is alone in its namespace, or somebody else's.
        'leader_election_master_status{name="medqueue-worker-pool", namespace="north", pod="a"}': '1x60',
        [ofOthers('leader_election_master_status{name="ingress", pod="a"}')]: '1x60',
        [ofOthers('leader_election_master_status{name="ingress", pod="b"}')]: '1x60',
      },
      at: '5m',
    },
  },
}

// One object that fails is tried each ten seconds, and may fail only after five more.
const errors: Alert = {
  name: 'OperatorReconcileErrors',
  expression: `${total(over('5m'), rate(over('5m'), 'controller_runtime_reconcile_errors_total'), 'controller')} > 0.04`,
  lasts: '5m',
  severity: 'ticket',
  summary: 'The controller {{ $labels.controller }} fails again and again',
  description: 'Some object is not brought to where it should be. Its conditions say which and why.',
  cases: {
    firing: {
      series: { 'controller_runtime_reconcile_errors_total{controller="workerpool"}': '0+4x60' },
      at: '15m',
      says: 'The controller workerpool fails again and again',
      labels: { controller: 'workerpool' },
    },
    silent: {
      series: {
        'controller_runtime_reconcile_errors_total{controller="workerpool"}': '0+1x60',
        [ofOthers('controller_runtime_reconcile_errors_total{controller="ingress"}')]: '0+60x60',
      },
      at: '15m',
    },
  },
}

const bugs: Alert = {
  name: 'OperatorReconcilePanics',
  expression: risen(over('15m'), {
    counter: 'controller_runtime_reconcile_panics_total',
    by: ['controller'],
  }),
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
  expression: `max by (namespace, name) (${series(over('1m'), 'workqueue_longest_running_processor_seconds')}) > 60`,
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
  expression: `${total(over('5m'), rate(over('5m'), 'operator_informer_failures_total'), 'resource')} > 0.05`,
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
    `${total(over('5m'), rate(over('5m'), 'rest_client_requests_total', 'code=~"5..|<error>|403"'))} / ` +
    `${total(over('5m'), rate(over('5m'), 'rest_client_requests_total'))} > 0.1`,
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
        [ofOthers('rest_client_requests_total{code="403", method="GET"}')]: '0+600x60',
      },
      at: '15m',
    },
  },
}

export const operatorAlerts: AlertGroup = {
  name: 'medqueue-operator',
  alerts: [leaderless, two, errors, bugs, stuck, blind, refused],
}
