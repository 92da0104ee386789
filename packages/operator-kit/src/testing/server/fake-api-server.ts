import type { KubeConfig } from '@kubernetes/client-node'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createRequire } from 'node:module'
import type { AddressInfo, Socket } from 'node:net'

import { systemClock } from '../../clock.ts'
import { nothing } from '../../signals.ts'
import type { ClusterAccess } from '../../client/cluster-access.ts'
import type { Clock } from '../../types/clock.ts'
import type { Intent, KubeObject, ObjectKey, Resource } from '../../types/object.ts'
import { BUILT_IN_KINDS, type FakeKind } from '../store/kinds.ts'
import { ObjectStore, type Part, type Target } from '../store/object-store.ts'
import { StatusError } from '../store/status-error.ts'
import { type Fault, FaultPlan } from './faults.ts'
import { Lists } from './lists.ts'
import { operate } from './operations.ts'
import { type FakeRequest, parseRequest, readBody } from './request.ts'
import { type OpenWatch, Watches } from './watches.ts'

export interface FakeApiServerOptions {
  /** Kinds beside the built-in ones. */
  kinds?: readonly FakeKind[]
  /** Time of the server: timestamps, ends of watches, bookmarks (default: this machine's). */
  clock?: Clock
  /** How often watches get bookmarks (default 0: only from `OpenWatch.bookmark`). */
  bookmarkMs?: number
  /** PEM; the server then speaks TLS and the kubeconfig trusts the certificate. */
  tls?: { key: string; cert: string }
}

/** An accepted write. */
export interface FakeWrite {
  readonly request: FakeRequest
  readonly object: KubeObject
}

const WRITES = new Set(['create', 'update', 'patch', 'apply', 'delete'])

/**
 * A Kubernetes API server over real HTTP, with objects in memory and faults on request. It knows list (paged), watch
 * (bookmarks, 410), create, update, merge patch, server-side apply, delete, `/status`, `/scale`; not admission, RBAC,
 * defaulting or schemas.
 */
export class FakeApiServer implements AsyncDisposable {
  readonly store: ObjectStore
  readonly faults = new FaultPlan()
  readonly lists: Lists
  /** Every call that arrived, in order. */
  readonly requests: FakeRequest[] = []
  /** Every write that was accepted, in order. */
  readonly writes: FakeWrite[] = []
  readonly #clock: Clock
  readonly #kinds: FakeKind[]
  readonly #watches: Watches
  readonly #tls: FakeApiServerOptions['tls']
  readonly #server: Server
  readonly #closing = Promise.withResolvers<undefined>()
  readonly #onWrite = new Set<(write: FakeWrite) => void>()
  readonly #cut = new Set<string>()
  #connections = 0
  #openConnections = 0

  private constructor({ kinds = [], clock = systemClock, bookmarkMs = 0, tls }: FakeApiServerOptions) {
    this.#clock = clock
    this.#kinds = [...BUILT_IN_KINDS, ...kinds]
    this.#tls = tls
    this.store = new ObjectStore(clock.now)
    this.lists = new Lists(this.store)
    this.#watches = new Watches({ store: this.store, clock, bookmarkMs })
    const listener = (request: IncomingMessage, response: ServerResponse) => {
      this.#serve(request, response).catch((error: unknown) => refuse(response, error))
    }
    this.#server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
    this.#server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
      this.#connections += 1
      this.#openConnections += 1
      socket.on('close', () => (this.#openConnections -= 1))
    })
  }

  static async start(options: FakeApiServerOptions = {}): Promise<FakeApiServer> {
    const fake = new FakeApiServer(options)
    await fake.listen()
    return fake
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo
    return `${this.#tls === undefined ? 'http' : 'https'}://localhost:${port}`
  }

  /** Connections accepted so far. */
  get connections(): number {
    return this.#connections
  }

  /** Connections that are open now. */
  get openConnections(): number {
    return this.#openConnections
  }

  /** For `createClient`, without loading client-node. `user` tells apart who calls. */
  access(user = 'tester'): ClusterAccess {
    const ca = this.#tls?.cert
    const headers = { Authorization: `Bearer ${user}` }
    return {
      getCurrentCluster: () => ({ server: this.url }),
      applyToHTTPSOptions: async (options) =>
        void Object.assign(options, { headers, ...(ca !== undefined && { ca }) }),
    }
  }

  /** For `createClient`, and for client-node itself. */
  kubeConfig(): KubeConfig {
    const clientNode = createRequire(import.meta.url)('@kubernetes/client-node') as {
      KubeConfig: new () => KubeConfig
    }
    const config = new clientNode.KubeConfig()
    const caData = this.#tls === undefined ? undefined : Buffer.from(this.#tls.cert).toString('base64')
    // client-node speaks plain HTTP only where TLS is not to be verified.
    const trust = caData === undefined ? { skipTLSVerify: true } : { skipTLSVerify: false, caData }
    config.loadFromOptions({
      clusters: [{ name: 'fake', server: this.url, ...trust }],
      users: [{ name: 'tester', token: 'tester' }],
      contexts: [{ name: 'fake', cluster: 'fake', user: 'tester' }],
      currentContext: 'fake',
    })
    return config
  }

  /** Open watches of one plural, oldest first. */
  watches(plural: string): OpenWatch[] {
    return this.#watches.of(plural)
  }

  /** Called after each accepted write, before its answer is sent. Returns how to stop it. */
  onWrite(work: (write: FakeWrite) => void): () => void {
    this.#onWrite.add(work)
    return () => this.#onWrite.delete(work)
  }

  /** From now on nothing of this user gets an answer, as if its node were gone. */
  cutOff(user: string): void {
    this.#cut.add(user)
    for (const watch of this.#watches.all()) if (watch.request.user === user) watch.reset()
  }

  /** Cuts the user off when so many more writes of it are accepted; the answer to the last is lost. Resolves then. */
  async crashAfter(user: string, writes: number): Promise<void> {
    let left = writes
    await new Promise<void>((resolve) => {
      const off = this.onWrite(({ request }) => {
        if (request.user !== user) return
        left -= 1
        if (left > 0) return
        off()
        this.cutOff(user)
        resolve()
      })
    })
  }

  /** Puts an object there directly, status and all, as if by another client. */
  seed<T extends KubeObject>(resource: Resource<T>, object: Intent<T>): T {
    const { name, namespace = '' } = object.metadata
    const target = this.#target(resource, { namespace, name })
    const writer = { manager: 'seed', operation: 'Update' as const, subresource: '' }
    const body = structuredClone(object) as Record<string, unknown>
    const created = this.store.create(target, body, writer)
    if (body.status === undefined || target.kind.status !== true) return created as T
    return this.store.patch(target, 'status', { status: body.status }, writer) as T
  }

  /** Merge-patches an object directly, as if by another client. */
  change<T extends KubeObject>(resource: Resource<T>, key: ObjectKey, patch: object, part: Part = ''): T {
    const writer = { manager: 'someone', operation: 'Update' as const, subresource: part }
    return this.store.patch(this.#target(resource, key), part, patch, writer) as T
  }

  /** Deletes an object directly, as if by another client. */
  remove(resource: Resource, key: ObjectKey): void {
    this.store.delete(this.#target(resource, key))
  }

  /** What is stored; undefined when there is no such object. */
  read<T extends KubeObject>(resource: Resource<T>, key: ObjectKey): T | undefined {
    return this.store.find(this.#target(resource, key)) as T | undefined
  }

  readAll<T extends KubeObject>(resource: Resource<T>): T[] {
    return this.store.all(this.#target(resource, { namespace: '', name: '' }).kind) as T[]
  }

  /** Dotted paths of an object's fields by the manager that owns them. */
  owners(resource: Resource, key: ObjectKey): Record<string, string[]> {
    return this.store.owners(this.#target(resource, key))
  }

  /** Ends every connection and listens no more; objects stay. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** Listens on a free port, or anew on the port it had. */
  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, 'localhost', resolve)
    })
  }

  async close(): Promise<void> {
    this.#closing.resolve(undefined)
    await this.stop()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #target({ apiVersion, plural }: Resource, key: ObjectKey): Target {
    const kind = this.#kinds.find((one) => one.apiVersion === apiVersion && one.plural === plural)
    if (kind === undefined) throw new Error(`the fake server does not know ${apiVersion} ${plural}`)
    return { kind, ...key }
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(incoming)
    const request = parseRequest(incoming, body, this.#kinds, this.#clock.monotonic())
    if (this.#cut.has(request.user)) return reset(response)
    this.requests.push(request)
    const fault = await this.faults.judge(request)
    if (fault === undefined || fault.kind === 'lost-answer' || fault.kind === 'half-answer') {
      this.#answer(request, response, fault)
    } else await this.#misbehave(fault, response)
  }

  /** Does what is asked, and answers as far as the fault lets it. */
  #answer(request: FakeRequest, response: ServerResponse, fault: Fault | undefined): void {
    if (request.verb === 'watch') return this.#watches.open(request, response)
    const answer = request.verb === 'list' ? this.lists.answer(request) : this.#operate(request)
    if (fault?.kind === 'lost-answer' || this.#cut.has(request.user)) return reset(response)
    const status = request.verb === 'create' ? 201 : 200
    send(response, status, JSON.stringify(answer), fault?.kind === 'half-answer')
  }

  #operate(request: FakeRequest): KubeObject {
    const object = operate(this.store, request)
    if (!WRITES.has(request.verb)) return object
    const write = { request, object: structuredClone(object) }
    this.writes.push(write)
    for (const work of [...this.#onWrite]) work(write)
    return object
  }

  async #misbehave(fault: Fault, response: ServerResponse): Promise<void> {
    if (fault.kind === 'reset') reset(response)
    if (fault.kind === 'text') response.writeHead(200, { 'content-type': 'application/json' }).end(fault.text)
    if (fault.kind === 'status') refuseWith(response, fault)
    // Counted as held until the client gives it up.
    if (fault.kind === 'hang') await this.faults.waiting(this.#untilGone(response))
  }

  async #untilGone(response: ServerResponse): Promise<void> {
    const gone = new Promise<void>((resolve) => response.on('close', () => resolve()))
    await Promise.race([gone, this.#closing.promise.then(nothing)])
  }
}

const reset = (response: ServerResponse): void => void response.socket?.resetAndDestroy()

/** The whole answer, or half of it and a reset. */
function send(response: ServerResponse, status: number, text: string, half: boolean): void {
  const length = Buffer.byteLength(text)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': length })
  if (half) response.write(text.slice(0, text.length / 2), () => reset(response))
  else response.end(text)
}

function refuseWith(response: ServerResponse, fault: Extract<Fault, { kind: 'status' }>): void {
  const { status, reason = 'Injected', retryAfterSeconds } = fault
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds))
  refuse(response, new StatusError(status, reason, 'an injected fault'))
}

function refuse(response: ServerResponse, error: unknown): void {
  const known = error instanceof StatusError ? error : new StatusError(500, 'InternalError', String(error))
  if (response.headersSent) return void response.destroy()
  const type = known.body === undefined ? 'text/plain' : 'application/json'
  const text = known.body === undefined ? known.message : JSON.stringify(known.body)
  response.writeHead(known.status, { 'content-type': type }).end(text)
}
