import { IDEAL_RATE } from '@medqueue/worker-pool-controller/traces'

import { sampled, type Step } from './steps.ts'

/** Within how long a backlog is to be worked off by those who are needed; seconds. */
const DRAIN_SECONDS = 5

/** Over and under are summed at this distance; seconds. */
const EVERY = 0.1

/** Workers that keep up with what arrives and work what waits off within five seconds. */
export function needOf(rate: number, lag: number, maxReplicas: number): number {
  // A hair less, because 20 / 40 + 4 / 8 is not always 1 in binary.
  return Math.min(maxReplicas, Math.max(0, Math.ceil((rate + lag / DRAIN_SECONDS) / IDEAL_RATE - 1e-9)))
}

export interface NeedInput {
  rate: (at: number) => number
  backlog: readonly Step[]
  ready: readonly Step[]
  horizon: number
  maxReplicas: number
}

/** Pod-seconds above and below the need. */
export function misfit(input: NeedInput): { over: number; under: number } {
  const { rate, horizon, maxReplicas } = input
  const [backlog, ready] = [input.backlog, input.ready].map((steps) => sampled(steps, EVERY, horizon))
  let [over, under] = [0, 0]
  for (let index = 0; index * EVERY < horizon; index++) {
    const need = needOf(rate(index * EVERY), backlog?.[index] ?? 0, maxReplicas)
    const gap = (ready?.[index] ?? 0) - need
    if (gap > 0) over += gap * EVERY
    else under -= gap * EVERY
  }
  return { over, under }
}
