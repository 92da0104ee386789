import {
  Agent as HttpAgent,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as httpRequest,
} from 'node:http'
import { Agent, type AgentOptions, request as httpsRequest, type RequestOptions } from 'node:https'

import { OperatorError } from '../errors.ts'
import { sameJson } from '../json.ts'
import type { KitMetrics } from '../metrics.ts'
import type { ClusterAccess } from './cluster-access.ts'

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
  headers: Readonly<Record<string, string | undefined>>
  /** Throws when the connection breaks before the end. */
  body: AsyncIterable<Uint8Array>
}

/** Sends one request. Rejects when there is no answer, or with the signal's reason. */
export type Transport = (request: ApiRequest) => Promise<ApiResponse>

/** Idle connections are closed before servers and load balancers do it in the middle of a call. */
const IDLE_MS = 15_000

/** TCP keep-alive begins after so long, as in client-go. */
const KEEP_ALIVE_MS = 30_000

/** Options by which a connection is another connection. */
const TLS_OPTIONS = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'servername', 'rejectUnauthorized'] as const

/** One pool of connections, kept until the certificates change. */
class Connections {
  readonly #access: ClusterAccess
  #pool: { tls: AgentOptions; agent: HttpAgent } | undefined

  constructor(access: ClusterAccess) {
    this.#access = access
  }

  async open(): Promise<{ server: string; options: RequestOptions }> {
    const cluster = this.#access.getCurrentCluster()
    if (cluster === null) throw new OperatorError('OPERATOR_MISUSE', 'The kubeconfig names no cluster')
    const { server, proxyUrl } = cluster
    const applied: RequestOptions = {}
    await this.#access.applyToHTTPSOptions(applied)
    const { headers, auth, agent } = applied
    const own = {
      agent: proxyUrl === undefined ? this.#agent(server, applied) : agent,
      ...(headers !== undefined && { headers }),
      ...(auth !== undefined && { auth }),
    }
    return { server, options: own }
  }

  #agent(server: string, applied: RequestOptions): HttpAgent {
    const tls: AgentOptions = Object.fromEntries(
      TLS_OPTIONS.map((name) => [name, applied[name]] as const).filter(([, value]) => value !== undefined),
    )
    if (this.#pool !== undefined && sameJson(this.#pool.tls, tls)) return this.#pool.agent
    const options = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MS, timeout: IDLE_MS }
    // An old pool is not closed: calls may be using it, and its idle connections end by themselves.
    const agent = server.startsWith('https:') ? new Agent({ ...options, ...tls }) : new HttpAgent(options)
    this.#pool = { tls, agent }
    return agent
  }
}

function urlOf(server: string, { path, query = {} }: ApiRequest): URL {
  const url = new URL(server.replace(/\/+$/, '') + path)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, value)
  }
  return url
}

/** Resolves when the head of the answer is there. */
async function exchange(url: URL, request: ApiRequest, options: RequestOptions): Promise<IncomingMessage> {
  const { method, body, signal } = request
  const headers = {
    ...(options.headers as OutgoingHttpHeaders | undefined),
    accept: 'application/json',
    'user-agent': 'medqueue-operator-kit',
    ...(body !== undefined && { 'content-type': body.type, 'content-length': Buffer.byteLength(body.text) }),
  }
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const sent = send(url, { ...options, method, headers, signal }, resolve)
    sent.on('error', reject)
    sent.end(body?.text)
  })
}

/** Requests with client-node's configuration and authentication over Node's own HTTP. */
export function createTransport(access: ClusterAccess, metrics: KitMetrics): Transport {
  const connections = new Connections(access)
  return async (request) => {
    const { server, options } = await connections.open()
    const url = urlOf(server, request)
    const count = (code: string) => metrics.requests.inc({ code, method: request.method, host: url.host })
    try {
      const answer = await exchange(url, request, options)
      const { statusCode: status = 0, headers } = answer
      count(String(status))
      const flat = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
      return { status, headers: flat, body: answer }
    } catch (error) {
      count('<error>')
      throw request.signal.aborted ? request.signal.reason : error
    }
  }
}
