import { type Heartbeat, scalingSubjectsOf } from '@medqueue/contracts'
import type { Broker } from '@medqueue/messaging'
import type { Scope } from '@medqueue/testing'

import { KEY } from './world.ts'

export interface FakeWorkerOptions {
  broker: Broker
  prefix: string
  pod: string
  heartbeat?: Partial<Heartbeat>
}

/** A worker that speaks: sends heartbeats and can be asked to drain, which it finishes when told. */
export class FakeWorker {
  readonly asked: Promise<void>
  readonly #options: FakeWorkerOptions
  #beat: Heartbeat

  constructor(scope: Scope, options: FakeWorkerOptions) {
    this.#options = options
    const { broker, prefix, pod } = options
    this.#beat = {
      ...{ pod, pool: KEY.name, inflight: 0, served: 0, busySeconds: 0, depth: null, oldestAt: null },
      ...{ draining: false, drained: false },
      ...options.heartbeat,
    }
    const asked = Promise.withResolvers<undefined>()
    this.asked = asked.promise as Promise<unknown> as Promise<void>
    const subscription = broker.nc.subscribe(scalingSubjectsOf(prefix).drain(pod), {
      callback: (_error, message) => {
        message.respond(JSON.stringify({ accepted: true }))
        this.say({ draining: true })
        asked.resolve(undefined)
      },
    })
    const timer = setInterval(() => this.say({}), 200)
    scope.teardown(() => {
      clearInterval(timer)
      subscription.unsubscribe()
    })
    this.say({})
  }

  say(fields: Partial<Heartbeat>): void {
    const { broker, prefix } = this.#options
    this.#beat = { ...this.#beat, ...fields }
    broker.nc.publish(scalingSubjectsOf(prefix).heartbeat(KEY.name), JSON.stringify(this.#beat))
  }
}
