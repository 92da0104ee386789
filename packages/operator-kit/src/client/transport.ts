import type { RequestOptions } from 'node:https'
import type { ReadableStream } from 'node:stream/web'

import {
  HttpMethod,
  IsomorphicFetchHttpLibrary,
  type KubeConfig,
  RequestContext,
  type ResponseContext,
} from '@kubernetes/client-node'

import { OperatorError } from '../errors.ts'
import type { KitMetrics } from '../metrics.ts'
import { nothing } from '../signals.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface ApiRequest {
  method: Method
  path: string
  query?: Readonly<Record<string, string | undefined>>
  body?: { type: string; text: string }
  signal: AbortSignal
}

export interface ApiResponse {
  status: number
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>
  text: () => Promise<string>
  stream: () => ReadableStream<Uint8Array> | null
}

/** Sends one request. Rejects when there is no answer, or with the signal's reason. */
export type Transport = (request: ApiRequest) => Promise<ApiResponse>

interface Connection {
  server: string
  headers: Record<string, string>
  dispatcher: ReturnType<RequestContext['getDispatcher']>
}

/** The parts of a connection's options by which it is another connection. */
interface TlsOptions {
  headers?: Record<string, string>
  auth?: string
  ca?: unknown
  cert?: unknown
  key?: unknown
}

const sameBytes = (one: unknown, other: unknown) =>
  one === other || (Buffer.isBuffer(one) && Buffer.isBuffer(other) && one.equals(other))

const sameTls = (one: TlsOptions, other: TlsOptions) =>
  sameBytes(one.ca, other.ca) && sameBytes(one.cert, other.cert) && sameBytes(one.key, other.key)

/**
 * client-node 2.0.1 makes a new connection pool for each request to a TLS server, so each request opens a connection
 * and shakes hands. Here one pool is kept until the certificates change.
 */
class Connections {
  readonly #config: KubeConfig
  #pool: { tls: TlsOptions; dispatcher: Connection['dispatcher'] } | undefined

  constructor(config: KubeConfig) {
    this.#config = config
  }

  /** Credentials are read anew each time: tokens of service accounts are rotated in place. */
  async open(): Promise<Connection> {
    const server = this.#config.getCurrentCluster()?.server
    if (server === undefined) throw new OperatorError('OPERATOR_MISUSE', 'The kubeconfig names no cluster')
    const tls: TlsOptions = {}
    await this.#config.applyToHTTPSOptions(tls as RequestOptions)
    const headers = { ...tls.headers }
    if (tls.auth !== undefined) headers.Authorization = `Basic ${Buffer.from(tls.auth).toString('base64')}`
    return { server, headers, dispatcher: await this.#dispatcher(server, tls) }
  }

  async #dispatcher(server: string, tls: TlsOptions) {
    if (this.#pool !== undefined && sameTls(this.#pool.tls, tls)) return this.#pool.dispatcher
    const context = new RequestContext(server, HttpMethod.GET)
    await this.#config.applySecurityAuthentication(context)
    // What runs on the old pool is finished there; close() waits for it.
    void this.#pool?.dispatcher?.close().catch(nothing)
    this.#pool = { tls, dispatcher: context.getDispatcher() }
    return this.#pool.dispatcher
  }
}

const library = new IsomorphicFetchHttpLibrary()

function contextOf(request: ApiRequest, { server, headers, dispatcher }: Connection): RequestContext {
  const context = new RequestContext(server.replace(/\/+$/, '') + request.path, request.method)
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) context.setQueryParam(name, value)
  }
  for (const [name, value] of Object.entries(headers)) context.setHeaderParam(name, value)
  context.setHeaderParam('accept', 'application/json')
  context.setHeaderParam('user-agent', 'medqueue-operator-kit')
  if (request.body !== undefined) {
    context.setHeaderParam('content-type', request.body.type)
    context.setBody(request.body.text)
  }
  context.setSignal(request.signal)
  if (dispatcher !== undefined) context.setDispatcher(dispatcher)
  return context
}

/** Requests over client-node's configuration, authentication and HTTP library. */
export function createTransport(config: KubeConfig, metrics: KitMetrics): Transport {
  const connections = new Connections(config)
  return async (request) => {
    const connection = await connections.open()
    const host = new URL(connection.server).host
    const count = (code: string) => metrics.requests.inc({ code, method: request.method, host })
    let response: ResponseContext
    try {
      response = await library.send(contextOf(request, connection)).toPromise()
    } catch (error) {
      count('<error>')
      throw request.signal.aborted ? request.signal.reason : error
    }
    count(String(response.httpStatusCode))
    const { body, headers, httpStatusCode: status } = response
    return {
      status,
      headers,
      text: async () => body.text(),
      stream: () => body.stream(),
    }
  }
}
