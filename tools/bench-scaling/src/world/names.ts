/** Names of everything that the bench makes; it is deleted at the end. */
export const NAMESPACE = 'medqueue-bench'
export const WORKERS = { namespace: NAMESPACE, name: 'workers' }
export const POOL = 'bench-scaling'
export const STREAM = 'BENCH_SCALING'
export const SUBJECT = 'bench-scaling.work'
export const CONSUMER = 'workers'
export const LABELS = { 'app.kubernetes.io/name': 'bench-worker' }
