import type { WebSocket } from '@fastify/websocket'

import type { Audience } from '../domain/audience.ts'
import { Closing } from '../domain/closing.ts'
import { renderReady, renderReset } from '../domain/message.ts'
import type { LogEntry } from '../domain/recent-log.ts'
import { resumption, type StreamBounds } from '../domain/resume.ts'
import type { ReadHistory } from '../events/history.ts'
import type { Hub, Subscriber } from './hub.ts'

export interface ConnectionDeps {
  hub: Hub
  readHistory: ReadHistory
  /** Fresh bounds of the stream. */
  readBounds: () => Promise<StreamBounds>
  limits: { maxBufferedBytes: number; drainTimeoutMs: number; retryMs: number }
  now: () => Date
  /** Told once, when the socket has ended. */
  onClosed: (why: Closing) => void
  /** Told of every event sent; `live` is false while catching up. */
  onSent: (entry: LogEntry, live: boolean) => void
  /** Told when catching up has met an error and will be tried again. */
  onReplayFailed: (error: unknown) => void
}

type State = 'catching-up' | 'live' | 'closed'

/**
 * One socket. Its position is the last sequence that it has been told of or that does not concern it.
 *
 *   open --> catching-up --position meets the head of the recent log--> live
 *   live --stream made anew--> live, after `reset`
 *   any  --slow, expired, dead, spoke, gone, stopping--> closed
 *
 * Going live happens in one turn of the event loop with the last read of the recent log, and the hub appends to that
 * log before it delivers: so no event falls between, and none comes twice.
 */
export class Connection implements Subscriber {
  readonly audience: Audience
  readonly #socket: WebSocket
  readonly #deps: ConnectionDeps
  #state: State = 'catching-up'
  #position: number
  /** Something after the position cannot be told any more. */
  #lost = false
  #why: Closing = 'gone'

  constructor(socket: WebSocket, audience: Audience, deps: ConnectionDeps) {
    this.audience = audience
    this.#socket = socket
    this.#deps = deps
    this.#position = deps.hub.recent.head
    socket.once('close', () => this.#closed())
    socket.on('message', () => this.close('spoke'))
    deps.hub.attach(this)
  }

  get state(): State {
    return this.#state
  }

  /** Goes live at once, or first sends what was missed after `lastEventId`. Resolves when live or closed. */
  async start(lastEventId: number | undefined): Promise<void> {
    if (lastEventId !== undefined) this.#position = lastEventId
    while (this.#state === 'catching-up') {
      try {
        await this.#advance()
      } catch (error) {
        this.#deps.onReplayFailed(error)
        await this.#pause()
      }
    }
  }

  deliver(entry: LogEntry): void {
    // While catching up, the recent log keeps it. A position ahead of this replica was reached on another one.
    if (this.#state !== 'live' || entry.seq <= this.#position) return
    this.#send(entry, true)
    if (this.#socket.bufferedAmount > this.#deps.limits.maxBufferedBytes) this.close('slow')
  }

  restart(seq: number): void {
    if (this.#state === 'live') this.#reset(seq)
    else this.#lost = true
  }

  close(why: Exclude<Closing, 'dead'>): void {
    if (this.#state === 'closed') return
    this.#end(why)
    this.#socket.close(Closing[why].code, Closing[why].reason)
  }

  /** Cuts the connection: the other side does not answer. */
  terminate(): void {
    if (this.#state !== 'closed') this.#end('dead')
    this.#socket.terminate()
  }

  #end(why: Closing): void {
    this.#state = 'closed'
    this.#why = why
    this.#deps.hub.detach(this)
  }

  #closed(): void {
    if (this.#state !== 'closed') this.#end('gone')
    this.#deps.onClosed(this.#why)
  }

  /** One step towards live. */
  async #advance(): Promise<void> {
    const { recent } = this.#deps.hub
    if (this.#lost) return this.#goLiveAnew()
    const known = this.#position >= recent.floor && this.#position <= recent.head
    const bounds = known ? { first: recent.floor + 1, last: recent.head } : await this.#deps.readBounds()
    switch (resumption(this.#position, recent, bounds)) {
      case 'memory':
        return this.#fromMemory()
      case 'history':
        return this.#fromHistory()
      case 'reset':
        return this.#goLiveAnew()
    }
  }

  async #fromMemory(): Promise<void> {
    for (const entry of this.#deps.hub.recent.after(this.audience, this.#position)) {
      this.#send(entry, false)
      // The log moves on during the wait, and may even drop what comes next: look again.
      if (this.#isFull()) return this.#drained()
    }
    this.#goLive()
  }

  /** Reads up to the middle of the recent log only: a replica of the stream that lags has that much by now. */
  async #fromHistory(): Promise<void> {
    const { hub, readHistory, readBounds } = this.#deps
    const upTo = Math.ceil((hub.recent.floor + hub.recent.head) / 2)
    const from = this.#position
    for await (const entry of readHistory({ audience: this.audience, after: from, upTo })) {
      if (this.#state !== 'catching-up') return
      this.#send(entry, false)
      if (this.#isFull()) await this.#drained()
    }
    this.#position = Math.max(this.#position, upTo)
    // Something may have been dropped from the stream before it could be read.
    if ((await readBounds()).first > from + 1) this.#lost = true
  }

  #goLive(): void {
    if (this.#state !== 'catching-up') return
    this.#state = 'live'
    this.#position = Math.max(this.#position, this.#deps.hub.recent.head)
    this.#socket.send(renderReady(this.#position, this.#deps.now()))
  }

  #goLiveAnew(): void {
    if (this.#state !== 'catching-up') return
    this.#state = 'live'
    this.#reset(this.#deps.hub.recent.head)
  }

  #reset(seq: number): void {
    this.#position = seq
    this.#socket.send(renderReset(seq, this.#deps.now()))
  }

  #send(entry: LogEntry, live: boolean): void {
    this.#position = entry.seq
    this.#socket.send(entry.text)
    this.#deps.onSent(entry, live)
  }

  /** While catching up the client sets the pace; a quarter of the limit keeps it busy. */
  #isFull(): boolean {
    return this.#socket.bufferedAmount > this.#deps.limits.maxBufferedBytes / 4
  }

  /** Resolves when all that was sent has left; closes the socket when that takes too long. */
  async #drained(): Promise<void> {
    const { drainTimeoutMs } = this.#deps.limits
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const timer = setTimeout(() => {
      this.close('slow')
      resolve(undefined)
    }, drainTimeoutMs)
    this.#socket.ping(undefined, undefined, () => resolve(undefined))
    await promise
    clearTimeout(timer)
  }

  async #pause(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.#deps.limits.retryMs))
  }
}
