import { seeded } from './random.ts'

/** When messages arrive, and over how long the cost is counted. */
export interface Trace {
  name: string
  /** Seconds from the start, in order. */
  arrivals: number[]
  /** Messages a second that were meant to arrive at a moment, whatever chance has made of it. */
  rate: (at: number) => number
  /** Seconds over which workers are counted. */
  horizon: number
  /** Workers if each dealt with 40 messages a second and none was ever idle; seconds of one worker. */
  idealSeconds: number
  maxReplicas: number
}

/** Messages a second of a worker in the ideal that costs are compared with. */
export const IDEAL_RATE = 40

/** The publisher stores one message after the other; seconds for each. */
const PUBLISH_SECONDS = 0.000_65

interface Shape {
  name: string
  rate: (at: number) => number
  seconds: number
  horizon: number
  maxReplicas: number
}

/** Arrivals at random (Poisson) at a rate that changes with time. */
function randomly(shape: Shape, seed: number): Trace {
  const random = seeded(seed)
  const arrivals: number[] = []
  const highest = Math.max(
    ...Array.from({ length: 2_000 }, (_, i) => shape.rate((i * shape.seconds) / 2_000)),
  )
  for (let at = 0; at < shape.seconds;) {
    at += -Math.log(1 - random()) / highest
    if (at < shape.seconds && random() * highest < shape.rate(at)) arrivals.push(at)
  }
  return traceOf(shape, arrivals)
}

function traceOf({ name, horizon, maxReplicas, seconds, rate }: Shape, arrivals: number[]): Trace {
  const from = arrivals[0] ?? 0
  return {
    name,
    arrivals: arrivals.map((at) => at - from),
    rate: (at) => (at + from < seconds ? rate(at + from) : 0),
    horizon,
    maxReplicas,
    idealSeconds: arrivals.length / IDEAL_RATE,
  }
}

/** A hundred at once every five seconds, now and then a little early or late. */
function steady(seed: number): Trace {
  const random = seeded(seed)
  const arrivals = Array.from({ length: 24 }, (_, burst) => {
    const start = 0.25 + burst * 5 + (burst === 0 ? 0 : (random() - 0.5) * 0.5)
    return Array.from({ length: 100 }, (_one, index) => start + index * PUBLISH_SECONDS)
  }).flat()
  return traceOf({ name: 'steady', rate: () => 20, seconds: 120, horizon: 135, maxReplicas: 25 }, arrivals)
}

/** The four traces that other autoscalers were measured with. */
export function benchTraces(seed: number): Trace[] {
  const shape = { maxReplicas: 25 }
  return [
    randomly({ ...shape, name: 'flash', rate: () => 600, seconds: 5, horizon: 90 }, seed),
    randomly(
      { ...shape, name: 'square', rate: (at) => (at % 80 < 40 ? 300 : 10), seconds: 240, horizon: 270 },
      seed,
    ),
    steady(seed),
    randomly({ ...shape, name: 'ramp', rate: (at) => (400 * at) / 120, seconds: 120, horizon: 160 }, seed),
  ]
}

const bump = (at: number, period: number) => 1 - Math.cos((2 * Math.PI * at) / period)

/** Longer and larger ones, for workers that take eight seconds to start. */
export function longTraces(seed: number): Trace[] {
  const shape = { maxReplicas: 50 }
  const flash = (at: number) => (at < 20 ? 1_000 : 50)
  return [
    randomly({ ...shape, name: 'flash20k', rate: flash, seconds: 540, horizon: 700 }, seed),
    randomly(
      { ...shape, name: 'diurnal', rate: (at) => 50 + 275 * bump(at, 1_800), seconds: 3_600, horizon: 3_800 },
      seed,
    ),
    randomly(
      {
        ...shape,
        name: 'square500',
        rate: (at) => (at % 160 < 100 ? 500 : 20),
        seconds: 1_600,
        horizon: 1_800,
      },
      seed,
    ),
    randomly(
      { ...shape, name: 'bursts', rate: (at) => (at % 50 < 25 ? 30 : 0), seconds: 1_200, horizon: 1_300 },
      seed,
    ),
  ]
}
