import { once } from 'node:events'

import { WebSocket } from 'ws'

import type { StreamMessage } from '../../src/domain/message.ts'

/** A client of the stream that remembers everything it is told. */
export interface StreamClient {
  socket: WebSocket
  /** Everything received, in order. */
  messages: StreamMessage[]
  /** Events only: without `ready` and `reset`. */
  events: () => StreamMessage[]
  /** The id to resume with. */
  lastEventId: () => string | undefined
  /**
   * Resolves as soon as the condition holds for what was received; rejects when the socket closes before. A condition
   * that depends on more than messages is looked at once more when `again` resolves.
   */
  until: (condition: (messages: StreamMessage[]) => boolean, again?: Promise<unknown>) => Promise<void>
  /** Resolves with the code and reason when the socket has closed. */
  closed: Promise<{ code: number; reason: string }>
}

/** Opens a socket. Rejects with {@link Refused} when the server answers with plain HTTP. */
export async function openStream(url: string, headers: Record<string, string> = {}): Promise<StreamClient> {
  const socket = new WebSocket(url, { headers })
  const messages: StreamMessage[] = []
  let check = (): void => undefined
  socket.on('message', (data: Buffer) => {
    messages.push(JSON.parse(data.toString('utf8')) as StreamMessage)
    check()
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString('utf8') }))
  })
  await opened(socket)
  return {
    socket,
    messages,
    closed,
    events: () => messages.filter(({ type }) => type !== 'ready' && type !== 'reset'),
    lastEventId: () => messages.at(-1)?.id,
    until: async (condition, again) => {
      const met = new Promise<void>((resolve) => {
        check = () => {
          if (condition(messages)) resolve()
        }
        check()
      })
      void again?.then(() => check())
      const early = closed.then(({ code }) => {
        if (!condition(messages)) throw new Error(`closed with ${code} before the condition held`)
      })
      await Promise.race([met, early])
    },
  }
}

/** The plain HTTP answer to a request for a socket. */
export class Refused extends Error {
  readonly status: number
  readonly problem: Record<string, unknown>
  readonly headers: Record<string, string | string[] | undefined>

  constructor(status: number, problem: Record<string, unknown>, headers: Refused['headers']) {
    super(`refused with ${status}`)
    this.status = status
    this.problem = problem
    this.headers = headers
  }
}

async function opened(socket: WebSocket): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
    socket.once('unexpected-response', (_request, response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.once('end', () => {
        const problem = JSON.parse(Buffer.concat(parts).toString('utf8')) as Record<string, unknown>
        reject(new Refused(response.statusCode ?? 0, problem, response.headers))
      })
    })
  })
}

/** Ends a socket without a word, as a lost network does. */
export async function drop(client: StreamClient): Promise<void> {
  client.socket.terminate()
  if (client.socket.readyState !== WebSocket.CLOSED) await once(client.socket, 'close')
}

/** As clients do: what is answered 503, as by a busy machine whose Redis is slow, is asked again. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 503) throw error
    }
  }
}
