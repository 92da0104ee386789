import type { Replica } from './replica.ts'
import type { Upstream } from './upstream.ts'

/** Asks every replica once in a period whether it is there; a slow answer never starts a second question. */
export class Prober {
  readonly #replicas: readonly Replica[]
  /** Where there is a choice, it matters who is ready. */
  readonly #choices: ReadonlySet<Replica>
  readonly #asking = new Set<Replica>()
  #timer: NodeJS.Timeout | undefined

  constructor(upstreams: readonly Upstream[]) {
    this.#replicas = upstreams.flatMap(({ replicas }) => replicas)
    this.#choices = new Set(upstreams.flatMap(({ replicas }) => (replicas.length > 1 ? replicas : [])))
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
    await Promise.all(
      this.#replicas.filter((replica) => !this.#asking.has(replica)).map((replica) => this.#ask(replica)),
    )
  }

  async #ask(replica: Replica): Promise<void> {
    this.#asking.add(replica)
    await Promise.all([replica.probe(), this.#choices.has(replica) ? replica.checkReadiness() : undefined])
    this.#asking.delete(replica)
  }
}
