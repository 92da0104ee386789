import type { Scenario } from '../scenario.ts'
import { apiKilled } from './api-killed.ts'
import { natsKilled } from './nats-killed.ts'
import { plantedConstraint } from './planted-constraint.ts'
import { plantedEpoch } from './planted-epoch.ts'
import { plantedOffset } from './planted-offset.ts'
import { postgresKilled } from './postgres-killed.ts'
import { redisDown } from './redis-down.ts'
import { streamFull } from './stream-full.ts'
import { workerKilled } from './worker-killed.ts'
import { workerPaused } from './worker-paused.ts'

/** In the order they run. */
export const SCENARIOS: readonly Scenario[] = [
  workerKilled,
  apiKilled,
  workerPaused,
  natsKilled,
  postgresKilled,
  redisDown,
  streamFull,
  plantedConstraint,
  plantedOffset,
  plantedEpoch,
]
