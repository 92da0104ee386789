import { encodeBatch } from './encoding.ts'
import type { QueuedRequest } from './order.ts'

/** A request on its way, with the two moments its sender waits for. */
export interface Waiting<Request = QueuedRequest> {
  request: Request
  /** The broker has stored it: from here on it is decided, whatever happens. */
  stored: () => void
  /** It may or may not have been stored: the sender is told to ask again under the same key. */
  failed: (error: unknown) => void
}

export interface LaneOptions<Item extends Waiting> {
  /** Stores one message with so many requests; resolves when it is on disk. */
  publish: (payload: string, requests: number) => Promise<void>
  replica: string
  /** Hands out batch numbers and remembers who is in the batch. */
  register: (items: readonly Item[]) => number
  /** Most requests in a message. */
  batchMax: number
  /** Most requests waiting for their turn; beyond it the lane is full. */
  backlogMax: number
}

/** Characters of free text in a message, which JSON may write as six bytes each; a broker takes 1 MB. */
const TEXT_MAX = 60_000

/** How many of the oldest items go into one message. */
function fitting(items: readonly Waiting[], batchMax: number): number {
  let text = 0
  const end = items.findIndex(({ request }, index) => {
    text += (request.message?.length ?? 0) + (request.answered?.length ?? 0)
    return index >= batchMax || (index > 0 && text > TEXT_MAX)
  })
  return end === -1 ? items.length : end
}

/**
 * One partition's way into the queue. At most one publish is in flight: what arrives meanwhile gathers and travels in
 * the next message, so that under light load nothing waits and under a storm one fsync carries hundreds.
 *
 *   idle --add--> publishing --stored--> (anything gathered? publishing : idle)
 */
export class Lane<Item extends Waiting> {
  readonly #options: LaneOptions<Item>
  #gathered: Item[] = []
  #publishing = false

  constructor(options: LaneOptions<Item>) {
    this.#options = options
  }

  /** False when the lane is full and the item was not taken. */
  add(item: Item): boolean {
    if (this.#gathered.length >= this.#options.backlogMax) return false
    this.#gathered.push(item)
    if (!this.#publishing) void this.#drain()
    return true
  }

  async #drain(): Promise<void> {
    this.#publishing = true
    while (this.#gathered.length > 0) {
      const count = fitting(this.#gathered, this.#options.batchMax)
      const items = this.#gathered.slice(0, count)
      this.#gathered = this.#gathered.slice(count)
      await this.#send(items)
    }
    this.#publishing = false
  }

  async #send(items: Item[]): Promise<void> {
    const { publish, register, replica } = this.#options
    const batch = register(items)
    try {
      await publish(
        encodeBatch(
          replica,
          batch,
          items.map((item) => item.request),
        ),
        items.length,
      )
      for (const item of items) item.stored()
    } catch (error) {
      // Those who gathered meanwhile would fare no better, each batch after its own time-out: they are told now.
      for (const item of [...items, ...this.#gathered.splice(0)]) item.failed(error)
    }
  }
}
