import type { Msg } from '@nats-io/transport-node'

import { type Heartbeat, scalingSubjectsOf } from '@medqueue/contracts'
import type { Broker } from '@medqueue/messaging'

import { KEY } from './world.ts'

type Callback = (error: Error | null, message: Msg) => void

/**
 * Stands for the broker where time is not real: what is said is heard at once, and it answers as soon as promises may
 * settle. Counts the questions.
 */
export class BrokerInMemory {
  readonly #listeners = new Map<string, Callback>()
  /** When it was asked. */
  readonly questions: number[] = []
  /** Messages in the stream by subject; undefined: there is no such stream. */
  messages: Record<string, number> | undefined = {}
  readonly #prefix: string
  readonly #now: () => number

  constructor(prefix: string, now: () => number) {
    this.#prefix = prefix
    this.#now = now
  }

  /** As a source uses it. */
  get broker(): Broker {
    const subscribe = (subject: string, { callback }: { callback: Callback }) => {
      this.#listeners.set(subject, callback)
      return { unsubscribe: () => this.#listeners.delete(subject) }
    }
    const info = async () => {
      this.questions.push(this.#now())
      if (this.messages === undefined) throw Object.assign(new Error('no stream'), { code: 10_059 })
      return { state: { subjects: this.messages } }
    }
    return { nc: { subscribe }, jsm: { streams: { info } }, connected: () => true } as unknown as Broker
  }

  beat(fields: Partial<Heartbeat> & { pod: string }): void {
    const none = { inflight: 0, served: 0, busySeconds: 0, depth: 0, oldestAt: null }
    const beat: Heartbeat = { pool: KEY.name, ...none, draining: false, drained: false, ...fields }
    this.#say(scalingSubjectsOf(this.#prefix).heartbeat(KEY.name), beat)
  }

  wake(count: number, messages = count): void {
    this.#say(scalingSubjectsOf(this.#prefix).wake(KEY.name), { replica: 'r', count, messages })
  }

  #say(subject: string, message: object): void {
    const text = JSON.stringify(message)
    this.#listeners.get(subject)?.(null, { string: () => text } as Msg)
  }
}
