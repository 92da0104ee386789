import type { IncomingMessage } from 'node:http'

import { isRecord, type JsonRecord } from '../../json.ts'
import type { FakeKind } from '../store/kinds.ts'
import { badRequest, StatusError } from '../store/status-error.ts'

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'apply' | 'delete'

/** A call, as faults and assertions see it. */
export interface FakeRequest {
  readonly verb: Verb
  readonly kind: FakeKind
  readonly plural: string
  readonly namespace: string
  readonly name: string
  readonly subresource: string
  readonly query: Readonly<Record<string, string>>
  readonly body: JsonRecord
  /** Whose fields a write sets. */
  readonly manager: string
  /** Whose token came with it. */
  readonly user: string
  /** Monotonic milliseconds of the server's clock. */
  readonly at: number
}

/** `/apis/<group>/<version>[/namespaces/<ns>]/<plural>[/<name>[/<sub-resource>]]`. */
const PATH =
  /^\/(?:api\/(v1)|apis\/([^/]+\/[^/]+))(?:\/namespaces\/([^/]+)(?=\/))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/

export async function readBody(request: IncomingMessage): Promise<JsonRecord> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  if (text === '') return {}
  const body: unknown = JSON.parse(text)
  if (!isRecord(body)) throw badRequest('the body is no object')
  return body
}

function verbOf(method: string, type: string, name: string, watching: boolean): Verb {
  if (method === 'GET') return name !== '' ? 'get' : watching ? 'watch' : 'list'
  if (method === 'POST') return 'create'
  if (method === 'PUT') return 'update'
  if (method === 'DELETE') return 'delete'
  if (type.startsWith('application/apply-patch')) return 'apply'
  if (type.startsWith('application/merge-patch')) return 'patch'
  throw new StatusError(415, 'UnsupportedMediaType', `this server takes no ${method} with ${type}`)
}

/** The kind, and the part of it that a path names. @throws StatusError with 404. */
function parsePath(pathname: string, kinds: readonly FakeKind[]) {
  const [, core, group, namespace = '', plural = '', name = '', subresource = ''] = PATH.exec(pathname) ?? []
  const kind = kinds.find((one) => one.plural === plural && one.apiVersion === (core ?? group))
  if (kind !== undefined) return { kind, plural, namespace, name: decodeURIComponent(name), subresource }
  // In words, not as a Status, like the real one.
  throw new StatusError(404, '', '404 page not found')
}

/** @throws StatusError when the server has no such call. */
export function parseRequest(
  incoming: IncomingMessage,
  body: JsonRecord,
  kinds: readonly FakeKind[],
  at: number,
): FakeRequest {
  const url = new URL(incoming.url ?? '/', 'http://localhost')
  const target = parsePath(url.pathname, kinds)
  const query = Object.fromEntries(url.searchParams)
  const type = incoming.headers['content-type'] ?? ''
  const verb = verbOf(incoming.method ?? 'GET', type, target.name, query.watch === 'true')
  const user = (incoming.headers.authorization ?? '').replace(/^Bearer /, '')
  return { ...target, verb, query, body, manager: query.fieldManager ?? 'unknown', user, at }
}
