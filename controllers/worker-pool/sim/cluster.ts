import type { Worked } from '../src/decide/types.ts'
import { seeded } from './random.ts'

/** How workers start and work; seconds. */
export interface ClusterModel {
  /** From being asked for until ready, for one worker alone. */
  startSeconds: number
  /** The node starts no more than so many a second. Those that start at once share it: asked for together, they are ready together. */
  startsPerSecond: number
  serviceSeconds: number
  /** The same while others start on the node and take its processors. */
  crowdedSeconds: number
  /** From the decision to take a worker away until it is gone: it finishes its message and is deleted. */
  stopSeconds: number
  /** From a moment on everything takes so many times as long, as when a database slows down. */
  slower?: { from: number; times: number }
}

interface Pod {
  askedAt: number
  /** How long it would take alone; seconds. */
  alone: number
  /** Seconds of the whole node that its start still takes. */
  left: number
  /** Infinity until it is known. */
  readyAt: number
  freeAt: number
}

/** Workers that share one queue in order of arrival. Time is in seconds and only goes forward. */
export class Cluster {
  readonly #model: ClusterModel
  readonly #arrivals: readonly number[]
  readonly #random: () => number
  #pods: Pod[] = []
  /** Up to when starts have gone on. */
  #startedTo = -Infinity
  #next = 0
  #working: { until: number; seconds: number }[] = []
  #worked: Worked = { requests: 0, seconds: 0 }
  /** From arrival to done, for each message in order. */
  readonly waits: number[] = []
  /** Seconds in which workers were ready, summed. */
  podSeconds = 0

  constructor(model: ClusterModel, arrivals: readonly number[], seed: number) {
    this.#model = model
    this.#arrivals = arrivals
    this.#random = seeded(seed ^ 0x5eed)
  }

  get replicas(): number {
    return this.#pods.length
  }

  ready(now: number): number {
    return this.#pods.filter(({ readyAt }) => readyAt <= now).length
  }

  arrived(now: number): number {
    while (this.#seen < this.#arrivals.length && (this.#arrivals[this.#seen] ?? 0) <= now) this.#seen += 1
    return this.#seen
  }
  #seen = 0

  /** What has been done by now. */
  worked(now: number): Worked {
    const done = this.#working.filter(({ until }) => until <= now)
    if (done.length > 0) this.#working = this.#working.filter(({ until }) => until > now)
    this.#worked = {
      requests: this.#worked.requests + done.length,
      seconds: done.reduce((sum, { seconds }) => sum + seconds, this.#worked.seconds),
    }
    return this.#worked
  }

  get finishedAt(): number {
    return this.#end
  }
  #end = 0

  /** Everything that begins before `now` happens. */
  runUntil(now: number): void {
    this.#startUntil(now)
    for (;;) {
      const arrival = this.#arrivals[this.#next]
      if (arrival === undefined || arrival > now) return
      const pod = this.#earliest()
      if (pod === undefined) return
      const start = Math.max(pod.freeAt, pod.readyAt, arrival)
      if (start > now) return
      const seconds = this.#serviceSeconds(start) * (0.98 + 0.04 * this.#random())
      const end = start + seconds
      pod.freeAt = end
      this.#working.push({ until: end, seconds })
      this.#end = Math.max(this.#end, end)
      this.waits.push(end - arrival)
      this.#next += 1
    }
  }

  #serviceSeconds(at: number): number {
    const { serviceSeconds, crowdedSeconds, slower } = this.#model
    const crowded = this.#pods.some(({ readyAt }) => readyAt > at)
    const times = slower !== undefined && at >= slower.from ? slower.times : 1
    return times * (crowded ? crowdedSeconds : serviceSeconds)
  }

  #earliest(): Pod | undefined {
    const free = ({ freeAt, readyAt }: Pod) => Math.max(freeAt, readyAt)
    return this.#pods.reduce<Pod | undefined>(
      (best, pod) => (best === undefined || free(pod) < free(best) ? pod : best),
      undefined,
    )
  }

  scale(replicas: number, now: number): void {
    this.#startUntil(now)
    while (this.#pods.length < replicas) this.#pods.push(this.#start(now))
    if (this.#pods.length === replicas) return
    // Unready ones go first, then the youngest.
    const order = this.#pods.toSorted((a, b) => (a.readyAt === b.readyAt ? 0 : a.readyAt - b.readyAt))
    for (const pod of order.slice(replicas)) {
      if (pod.readyAt < Infinity) this.#count(pod, Math.max(now, pod.freeAt) + this.#model.stopSeconds)
    }
    this.#pods = order.slice(0, replicas)
  }

  #start(now: number): Pod {
    const { startSeconds, startsPerSecond } = this.#model
    const alone = startSeconds * (0.9 + 0.3 * this.#random())
    return { askedAt: now, alone, left: 1 / startsPerSecond, readyAt: Infinity, freeAt: Infinity }
  }

  /** The pods that start share the node alike until the first of them has had what it takes, and so on. */
  #startUntil(now: number): void {
    let at = this.#startedTo
    for (;;) {
      const starting = this.#pods.filter(({ readyAt }) => readyAt === Infinity)
      const least = Math.min(...starting.map(({ left }) => left))
      const next = Math.min(now, at + least * starting.length)
      if (starting.length === 0 || next <= at) break
      for (const pod of starting) {
        pod.left -= (next - at) / starting.length
        if (pod.left > 1e-9) continue
        pod.readyAt = Math.max(next, pod.askedAt + pod.alone)
        pod.freeAt = pod.readyAt
      }
      at = next
    }
    this.#startedTo = now
  }

  #count({ readyAt }: Pod, until: number): void {
    this.podSeconds += Math.max(0, until - readyAt)
  }

  /** Counts those that still run. */
  close(now: number): void {
    for (const pod of this.#pods) this.#count(pod, now)
  }
}
