import type { ServerResponse } from 'node:http'

import type { Clock } from '../../types/clock.ts'
import type { KubeObject } from '../../types/object.ts'
import { nothing } from '../../signals.ts'
import type { Change, ObjectStore } from '../store/object-store.ts'
import { fieldSelector, labelSelector, type Selector } from '../store/selectors.ts'
import { expired, type StatusError } from '../store/status-error.ts'
import type { FakeRequest } from './request.ts'

/** A watch that a client has open, to be troubled by a test. */
export class OpenWatch {
  readonly request: FakeRequest
  readonly #response: ServerResponse
  readonly #store: ObjectStore
  readonly #selects: Selector
  readonly #ends: (() => void)[] = []
  #silent = false
  #dropping = 0
  #open = true

  constructor(request: FakeRequest, response: ServerResponse, store: ObjectStore) {
    this.request = request
    this.#response = response
    this.#store = store
    const byLabels = labelSelector(request.query.labelSelector)
    const byFields = fieldSelector(request.query.fieldSelector)
    this.#selects = (object) => byLabels(object) && byFields(object)
    response.on('close', () => this.#closed())
  }

  get plural(): string {
    return this.request.plural
  }

  get isOpen(): boolean {
    return this.#open
  }

  /** Runs when the connection is gone, whoever ended it. */
  onEnd(work: () => void): void {
    this.#ends.push(work)
  }

  /** From now on nothing is sent any more, and the connection stays: half-open. */
  silence(): void {
    this.#silent = true
  }

  /** Loses the next events, as if they had never happened. */
  dropNext(events: number): void {
    this.#dropping += events
  }

  /** Ends it politely. */
  end(): void {
    this.#silent = true
    this.#response.end()
  }

  /** Resets the connection. */
  reset(): void {
    this.#silent = true
    this.#response.socket?.resetAndDestroy()
  }

  /** Sends a line as it is. */
  sendLine(line: string): void {
    if (!this.#silent && this.#open) this.#response.write(`${line}\n`)
  }

  /** Sends text without a line end: the beginning of an event. */
  sendText(text: string): void {
    this.#response.write(text)
  }

  /** An ERROR event, then the end: what the server does when it cannot go on. */
  fail(error: Pick<StatusError, 'body'>): void {
    this.sendLine(JSON.stringify({ type: 'ERROR', object: error.body }))
    this.end()
  }

  bookmark(): void {
    const { apiVersion, kind } = this.request.kind
    const metadata = { resourceVersion: String(this.#store.version) }
    this.sendLine(JSON.stringify({ type: 'BOOKMARK', object: { apiVersion, kind, metadata } }))
  }

  tell(change: Change): void {
    const type = this.#typeFor(change)
    if (type === undefined) return
    if (this.#dropping > 0) this.#dropping -= 1
    else this.sendLine(JSON.stringify({ type, object: change.object }))
  }

  /** What a change is for one who sees only what is selected. */
  #typeFor({ type, kind, object, before }: Change): Change['type'] | undefined {
    const { namespace } = this.request
    if (kind !== this.request.kind) return undefined
    if (namespace !== '' && object.metadata.namespace !== namespace) return undefined
    const now = type !== 'DELETED' && this.#selects(object)
    const then = before !== undefined && this.#selects(before)
    if (now) return then ? 'MODIFIED' : 'ADDED'
    return then ? 'DELETED' : undefined
  }

  #closed(): void {
    this.#open = false
    for (const work of this.#ends.splice(0)) work()
  }
}

export interface WatchesOptions {
  store: ObjectStore
  clock: Clock
  /** How often bookmarks are sent to those who asked for them; 0: only when a test says so. */
  bookmarkMs: number
}

/** All open watches. */
export class Watches {
  readonly #options: WatchesOptions
  readonly #open = new Set<OpenWatch>()

  constructor(options: WatchesOptions) {
    this.#options = options
    options.store.onChange((change) => {
      for (const watch of this.#open) watch.tell(change)
    })
  }

  all(): OpenWatch[] {
    return [...this.#open]
  }

  /** Those of one plural, oldest first. */
  of(plural: string): OpenWatch[] {
    return [...this.#open].filter((watch) => watch.plural === plural)
  }

  /** @throws StatusError with 410 when the log does not reach back so far. */
  open(request: FakeRequest, response: ServerResponse): void {
    const { store } = this.#options
    const from = Number(request.query.resourceVersion ?? '0')
    if (from > 0 && from < store.compactedTo) {
      throw expired(`too old resource version: ${from} (${store.compactedTo})`)
    }
    response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' })
    response.flushHeaders()
    const watch = new OpenWatch(request, response, store)
    for (const change of from === 0 ? existing(store, request) : store.log) {
      if (change.version > from) watch.tell(change)
    }
    this.#open.add(watch)
    const cancels = [this.#planEnd(watch), this.#planBookmarks(watch)]
    watch.onEnd(() => {
      this.#open.delete(watch)
      for (const cancel of cancels) cancel()
    })
  }

  #planEnd(watch: OpenWatch) {
    const seconds = Number(watch.request.query.timeoutSeconds ?? '0')
    if (seconds <= 0) return nothing
    return this.#options.clock.after(seconds * 1_000, () => watch.end())
  }

  #planBookmarks(watch: OpenWatch) {
    const { bookmarkMs, clock } = this.#options
    if (bookmarkMs === 0 || watch.request.query.allowWatchBookmarks !== 'true') return nothing
    let cancel = nothing
    const plan = () => {
      cancel = clock.after(bookmarkMs, () => {
        watch.bookmark()
        plan()
      })
    }
    plan()
    return () => cancel()
  }
}

/** Without a version, a watch begins with what there is. */
function existing(store: ObjectStore, { kind }: FakeRequest): Change[] {
  return store.all(kind).map((object: KubeObject) => {
    const version = Number(object.metadata.resourceVersion)
    return { type: 'ADDED', version, kind, object, before: undefined }
  })
}
