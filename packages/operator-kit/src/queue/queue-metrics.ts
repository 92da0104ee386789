import type { KitMetrics } from '../metrics.ts'
import type { Clock } from '../types/clock.ts'

/** The workqueue_* metrics of one queue. Times are monotonic milliseconds inside, seconds outside. */
export class QueueMetrics {
  readonly #metrics: KitMetrics
  readonly #labels: { name: string; controller: string }
  readonly #clock: Clock
  readonly #addedAt = new Map<string, number>()
  readonly #startedAt = new Map<string, number>()
  readonly #probe = () => this.#measureWork()

  constructor(name: string, metrics: KitMetrics, clock: Clock) {
    this.#metrics = metrics
    this.#labels = { name, controller: name }
    this.#clock = clock
    metrics.queueDepth.set(this.#labels, 0)
    metrics.queueAdds.inc(this.#labels, 0)
    metrics.queueRetries.inc(this.#labels, 0)
    metrics.probes.add(this.#probe)
  }

  added(key: string): void {
    this.#metrics.queueAdds.inc(this.#labels)
    this.#addedAt.set(key, this.#clock.monotonic())
  }

  retried(): void {
    this.#metrics.queueRetries.inc(this.#labels)
  }

  depth(waiting: number): void {
    this.#metrics.queueDepth.set(this.#labels, waiting)
  }

  started(key: string): void {
    const now = this.#clock.monotonic()
    const addedAt = this.#addedAt.get(key) ?? now
    this.#addedAt.delete(key)
    this.#startedAt.set(key, now)
    this.#metrics.queueWait.observe(this.#labels, (now - addedAt) / 1_000)
  }

  finished(key: string): void {
    const now = this.#clock.monotonic()
    const startedAt = this.#startedAt.get(key) ?? now
    this.#startedAt.delete(key)
    this.#metrics.queueWork.observe(this.#labels, (now - startedAt) / 1_000)
  }

  /** For a queue that is never used again. */
  close(): void {
    this.#measureWork()
    this.#metrics.probes.delete(this.#probe)
  }

  #measureWork(): void {
    const now = this.#clock.monotonic()
    const ages = [...this.#startedAt.values()].map((startedAt) => (now - startedAt) / 1_000)
    const total = ages.reduce((sum, age) => sum + age, 0)
    this.#metrics.queueUnfinished.set(this.#labels, total)
    this.#metrics.queueLongest.set(this.#labels, Math.max(0, ...ages))
  }
}
