import type { Replica } from './replica.ts'

/** The replicas of one service, taken in turn. */
export class Upstream {
  readonly service: string
  readonly replicas: readonly Replica[]
  #turn = 0

  constructor(service: string, replicas: readonly Replica[]) {
    this.service = service
    this.replicas = replicas
  }

  /**
   * The next replica whose breaker is closed, ready ones first, another than `not` when there is one. Undefined when
   * every breaker is open.
   */
  pick(not?: Replica): Replica | undefined {
    const closed = this.#inTurn().filter(({ state }) => state === 'closed')
    return (
      closed.find((replica) => replica !== not && replica.ready) ??
      closed.find((replica) => replica !== not) ??
      closed[0]
    )
  }

  /** Seconds until the first of the open breakers lets a probe through. */
  retryAfter(): number {
    return Math.min(...this.replicas.map((replica) => replica.retryAfter()))
  }

  /** Takes nothing new; resolves when what is under way has ended. */
  async drain(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.drain()))
  }

  /** Breaks off what is under way. */
  async close(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.close()))
  }

  #inTurn(): Replica[] {
    const start = this.#turn++ % this.replicas.length
    return [...this.replicas.slice(start), ...this.replicas.slice(0, start)]
  }
}
