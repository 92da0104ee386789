import { setTimeout as delay } from 'node:timers/promises'

import { createInbox, type Msg, type NatsConnection } from '@nats-io/transport-node'

export interface WorkerOptions {
  nc: NatsConnection
  stream: string
  consumer: string
  /** How long it works on a message; milliseconds. */
  workMs: number
}

/** What it has done and does. */
export interface Load {
  inflight: number
  served: number
  busySeconds: number
}

export interface Worker {
  load: () => Load
  /** Finishes the message at hand and takes no other. Resolves when the broker knows. Safe to call twice. */
  finish: () => Promise<void>
}

/** A pull that finds nothing is answered after so long, so a worker finishes within it; milliseconds. */
const EXPIRES_MS = 500

/** A pull that has no answer long after it expired was lost with a connection; milliseconds. */
const LOST_AFTER_MS = 3_000

/** Before it pulls again when the broker refused; milliseconds. */
const PAUSE_MS = 100

/**
 * Works on one message at a time. A pull is always waited for: it is answered by a message or, when it expires, by a
 * refusal, so a message can never be sent to a worker that no longer listens.
 */
export function startWorker({ nc, stream, consumer, workMs }: WorkerOptions): Worker {
  const load: Load = { inflight: 0, served: 0, busySeconds: 0 }
  const mailbox = openMailbox(nc)
  const subject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`
  const request = JSON.stringify({ batch: 1, expires: EXPIRES_MS * 1_000_000 })
  let finishing = false
  let askingMs = 0

  const work = async (message: Msg, pulledAt: number) => {
    const taken = busyFrom({ reply: message.reply, pulledAt, now: Date.now(), askingMs })
    askingMs = taken.askingMs
    load.inflight = 1
    await delay(workMs)
    message.respond()
    load.inflight = 0
    load.served += 1
    load.busySeconds += (Date.now() - taken.since) / 1_000
  }
  const handle = async (message: Msg, pulledAt: number) => {
    const refused = message.headers?.code ?? 0
    if (refused === 0) await work(message, pulledAt)
    // Nothing came until it expired: pull again. Anything else is a broker in trouble.
    else if (refused !== 404 && refused !== 408) await delay(PAUSE_MS)
  }
  const run = async () => {
    while (!finishing) {
      const pulledAt = Date.now()
      nc.publish(subject, request, { reply: mailbox.address })
      const message = await mailbox.take(LOST_AFTER_MS)
      if (message !== undefined) await handle(message, pulledAt)
    }
    for (const late of mailbox.rest()) await handle(late, Date.now())
    await nc.flush()
  }
  const running = run()
  return {
    load: () => ({ ...load }),
    finish: async () => {
      finishing = true
      await running
    },
  }
}

/** Nanoseconds in `$JS.ACK.<stream>.<consumer>.<delivery>.<message>.<delivery of the consumer>.<nanoseconds>.…` */
const STORED = 7

/** How much the newest of them counts in how long asking takes. */
const NEWEST = 0.1

export interface Taken {
  reply: string | undefined
  /** When the message was asked for, and now; Unix milliseconds. */
  pulledAt: number
  now: number
  /** How long it takes to get a message that waits, smoothed; milliseconds. */
  askingMs: number
}

/**
 * Since when a message keeps the worker busy; Unix milliseconds. One that waited does so from the moment it was asked for.
 * One that came later was asked for while there was nothing to do; but had it waited, asking would have taken its time,
 * and a worker that leaves it out believes to be faster than it is when all are busy.
 */
export function busyFrom({ reply = '', pulledAt, now, askingMs }: Taken): {
  since: number
  askingMs: number
} {
  const storedAt = Number(reply.split('.')[STORED]) / 1e6
  if (!(storedAt <= pulledAt)) return { since: now - askingMs, askingMs }
  return { since: pulledAt, askingMs: askingMs + NEWEST * (now - pulledAt - askingMs) }
}

interface Mailbox {
  address: string
  /** The next message; undefined when none came in time. */
  take: (timeoutMs: number) => Promise<Msg | undefined>
  /** What came and was not taken. */
  rest: () => Msg[]
}

/** Answers to pulls come here: the client's own inbox for requests would drop a message of a stream. */
function openMailbox(nc: NatsConnection): Mailbox {
  const address = createInbox()
  const arrived: Msg[] = []
  let wake: () => void = () => undefined
  nc.subscribe(address, {
    callback: (error, message) => {
      if (error !== null) return
      arrived.push(message)
      wake()
    },
  })
  return {
    address,
    take: async (timeoutMs) => {
      if (arrived.length === 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      return arrived.shift()
    },
    rest: () => arrived.splice(0),
  }
}
