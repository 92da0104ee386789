import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Upper bounds in seconds, as controller-runtime has them, so that its dashboards and alerts fit. */
const RECONCILE_BOUNDS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5,
  1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
]

/** 10 ns to 1,000 s, each ten times the one before. */
const QUEUE_BOUNDS = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 0.001, 0.01, 0.1, 1, 10, 100, 1_000]

function create(registry: Registry) {
  const registers = [registry]
  const queueLabels = ['name', 'controller'] as const
  const informerLabels = ['resource'] as const
  /** What queues do before a scrape: their work in progress is measured then, not all the time. */
  const probes = new Set<() => void>()
  const collect = () => {
    for (const probe of probes) probe()
  }
  return {
    probes,
    ...controllerMetrics(registers),
    queueDepth: new Gauge({
      name: 'workqueue_depth',
      help: 'Keys that wait to be taken',
      labelNames: queueLabels,
      registers,
    }),
    queueAdds: new Counter({
      name: 'workqueue_adds_total',
      help: 'Keys put into the queue',
      labelNames: queueLabels,
      registers,
    }),
    queueRetries: new Counter({
      name: 'workqueue_retries_total',
      help: 'Keys put back with a back-off',
      labelNames: queueLabels,
      registers,
    }),
    queueWait: new Histogram({
      name: 'workqueue_queue_duration_seconds',
      help: 'Time from when a key could be taken until it was',
      labelNames: queueLabels,
      buckets: QUEUE_BOUNDS,
      registers,
    }),
    queueWork: new Histogram({
      name: 'workqueue_work_duration_seconds',
      help: 'Time from when a key was taken until it was given back',
      labelNames: queueLabels,
      buckets: QUEUE_BOUNDS,
      registers,
    }),
    queueUnfinished: new Gauge({
      name: 'workqueue_unfinished_work_seconds',
      help: 'Time spent so far on all keys in work; growing steadily means that some work hangs',
      labelNames: queueLabels,
      registers,
      collect,
    }),
    queueLongest: new Gauge({
      name: 'workqueue_longest_running_processor_seconds',
      help: 'Time spent so far on the key longest in work',
      labelNames: queueLabels,
      registers,
      collect,
    }),
    requests: new Counter({
      name: 'rest_client_requests_total',
      help: 'Calls to the API server by status code; <error> is no answer',
      labelNames: ['code', 'method', 'host'] as const,
      registers,
    }),
    leading: new Gauge({
      name: 'leader_election_master_status',
      help: '1 while this process leads',
      labelNames: ['name'] as const,
      registers,
    }),
    informerObjects: new Gauge({
      name: 'operator_informer_objects',
      help: 'Objects in the cache',
      labelNames: informerLabels,
      registers,
    }),
    informerFailures: new Counter({
      name: 'operator_informer_failures_total',
      help: 'Lists and watches that failed, by what went wrong',
      labelNames: ['resource', 'cause'] as const,
      registers,
    }),
    informerLists: new Counter({
      name: 'operator_informer_lists_total',
      help: 'Full lists, by what they were for',
      labelNames: ['resource', 'purpose'] as const,
      registers,
    }),
    informerDrift: new Counter({
      name: 'operator_informer_drift_total',
      help: 'Changes the watch had missed when a full list was compared with the cache',
      labelNames: ['resource', 'change'] as const,
      registers,
    }),
    handlerErrors: new Counter({
      name: 'operator_informer_handler_errors_total',
      help: 'Events a handler threw at; it is told again',
      labelNames: informerLabels,
      registers,
    }),
    events: new Counter({
      name: 'operator_events_total',
      help: 'Events recorded, by what became of them: created, counted, dropped, failed',
      labelNames: ['outcome'] as const,
      registers,
    }),
  }
}

function controllerMetrics(registers: Registry[]) {
  const labelNames = ['controller'] as const
  return {
    reconciles: new Counter({
      name: 'controller_runtime_reconcile_total',
      help: 'Reconciles by result: success, requeue_after, error',
      labelNames: ['controller', 'result'] as const,
      registers,
    }),
    reconcileErrors: new Counter({
      name: 'controller_runtime_reconcile_errors_total',
      help: 'Reconciles that threw',
      labelNames,
      registers,
    }),
    terminalErrors: new Counter({
      name: 'controller_runtime_terminal_reconcile_errors_total',
      help: 'Reconciles that threw a TerminalError',
      labelNames,
      registers,
    }),
    panics: new Counter({
      name: 'controller_runtime_reconcile_panics_total',
      help: 'Reconciles that threw what only a bug throws',
      labelNames,
      registers,
    }),
    timeouts: new Counter({
      name: 'controller_runtime_reconcile_timeouts_total',
      help: 'Reconciles that were aborted because they took too long',
      labelNames,
      registers,
    }),
    reconcileTime: new Histogram({
      name: 'controller_runtime_reconcile_time_seconds',
      help: 'How long a reconcile took',
      labelNames,
      buckets: RECONCILE_BOUNDS,
      registers,
    }),
    maxConcurrent: new Gauge({
      name: 'controller_runtime_max_concurrent_reconciles',
      help: 'Reconciles that may run at the same time',
      labelNames,
      registers,
    }),
    activeWorkers: new Gauge({
      name: 'controller_runtime_active_workers',
      help: 'Reconciles that run now',
      labelNames,
      registers,
    }),
  }
}

export type KitMetrics = ReturnType<typeof create>

const known = new WeakMap<Registry, KitMetrics>()

/** All metrics of this package in a registry, made once for each. Without a registry they are counted for nobody. */
export function metricsIn(registry: Registry = new Registry()): KitMetrics {
  const found = known.get(registry)
  if (found !== undefined) return found
  const made = create(registry)
  known.set(registry, made)
  return made
}
