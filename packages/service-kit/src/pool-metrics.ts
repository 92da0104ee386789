import { Histogram, type Registry } from 'prom-client'

import { gaugeOf } from './gauge.ts'

/** A pool of database connections, as far as its figures go. */
export interface MeasuredPool {
  readonly totalCount: number
  readonly idleCount: number
  readonly waitingCount: number
  readonly waits: { onWaited: (ms: number) => void }
}

/** Upper bounds in seconds; a pool gives up after three. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** How many connections a pool has, how many wait for one, and how long. */
export function poolMetrics(registry: Registry, pool: MeasuredPool): void {
  const waits = new Histogram({
    name: 'database_pool_wait_seconds',
    help: 'Time from needing a connection of the pool to having one, or to giving up',
    buckets: BOUNDS,
    registers: [registry],
  })
  pool.waits.onWaited = (ms) => waits.observe(ms / 1_000)
  const gauge = (name: string, help: string, valueOf: () => number) =>
    gaugeOf(registry, `database_pool_${name}`, help, valueOf)
  gauge('connections', 'Connections of the pool', () => pool.totalCount)
  gauge('busy', 'Connections of the pool in use', () => pool.totalCount - pool.idleCount)
  gauge('waiting', 'Statements and transactions that wait for a connection', () => pool.waitingCount)
}
