import { IDEAL_RATE, type Trace } from './traces.ts'

const SECONDS = 150

/** A hundred messages a second, and so many more in each second: a pool of slow workers starts some all the time. */
export function growthTrace(perSecond: number): Trace {
  const rate = (at: number) => (at < SECONDS ? 100 + perSecond * at : 0)
  const arrivals: number[] = []
  for (let at = 0; at < SECONDS; at += 1 / rate(at)) arrivals.push(at)
  const idealSeconds = arrivals.length / IDEAL_RATE
  return { name: 'growth', arrivals, rate, horizon: SECONDS + 60, maxReplicas: 1_000, idealSeconds }
}
