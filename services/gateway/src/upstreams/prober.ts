import type { Replica } from './replica.ts'
import type { Upstream } from './upstream.ts'

/** Asks every replica once in a period whether it is there; a slow answer never starts a second question. */
export class Prober {
  readonly #upstreams: () => readonly Upstream[]
  readonly #asking = new Set<Replica>()
  #timer: NodeJS.Timeout | undefined

  constructor(upstreams: () => readonly Upstream[]) {
    this.#upstreams = upstreams
  }

  start(periodMs: number): void {
    this.#timer = setInterval(() => void this.round(), periodMs)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** One probe of each replica that is not being asked already. */
  async round(): Promise<void> {
    await Promise.all(this.#upstreams().map((upstream) => this.#askAll(upstream)))
  }

  async #askAll({ replicas }: Upstream): Promise<void> {
    // Where there is a choice, it matters who is ready.
    const isChoice = replicas.length > 1
    const idle = replicas.filter((replica) => !this.#asking.has(replica))
    await Promise.all(idle.map((replica) => this.#ask(replica, isChoice)))
  }

  async #ask(replica: Replica, isChoice: boolean): Promise<void> {
    this.#asking.add(replica)
    await Promise.all([replica.probe(), isChoice ? replica.checkReadiness() : undefined])
    this.#asking.delete(replica)
  }
}
