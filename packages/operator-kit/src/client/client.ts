import type { Registry } from 'prom-client'

import { systemClock } from '../clock.ts'
import { isNotFound } from '../errors.ts'
import { isKubeObject } from '../json.ts'
import { metricsIn } from '../metrics.ts'
import { collectionPath, describe, keyOf, objectPath } from '../resource.ts'
import { linkSignal } from '../signals.ts'
import type {
  ApplyOptions,
  CallOptions,
  KubeClient,
  ListOptions,
  ObjectList,
  ReadOptions,
  WriteOptions,
  DeleteOptions,
} from '../types/client.ts'
import type { Clock } from '../types/clock.ts'
import type { Intent, KubeObject, ObjectKey, Resource } from '../types/object.ts'
import { errorFromBadBody } from './api-errors.ts'
import { type Call, callApi, type Wire } from './call.ts'
import type { ClusterAccess } from './cluster-access.ts'
import { listAll } from './list.ts'
import { createTransport, type Transport } from './transport.ts'
import { remember } from './wires.ts'

export interface ClientOptions {
  /** From `loadKubeConfig`, or any KubeConfig of client-node. */
  kubeConfig: ClusterAccess
  /** Whose fields applied ones become, unless a call says otherwise. At most 128 characters. */
  fieldManager: string
  /** For one call without `timeoutMs` (default 30,000). */
  timeoutMs?: number
  /** Where `rest_client_requests_total` is counted. */
  registry?: Registry
  clock?: Clock
}

/** Checked before each write; the signal gives up writes that are under way. */
interface Guard {
  assertMayWrite: () => void
  signal: AbortSignal | undefined
}

interface Settings {
  wire: Wire
  fieldManager: string
  timeoutMs: number
  /** All must agree. */
  guards: readonly Guard[]
}

const JSON_TYPE = 'application/json'
const MERGE_TYPE = 'application/merge-patch+json'
/** YAML by name; JSON is YAML. */
const APPLY_TYPE = 'application/apply-patch+yaml'

const keyIn = (resource: Resource, { name, namespace }: { name: string; namespace?: string }): ObjectKey =>
  keyOf({ metadata: { name, ...(resource.namespaced && namespace !== undefined && { namespace }) } })

const withKind = (resource: Resource, object: object) => {
  const { apiVersion, kind } = resource
  return { apiVersion, kind, ...object }
}

class Client implements KubeClient {
  readonly #settings: Settings

  constructor(settings: Settings) {
    this.#settings = settings
    remember(this, settings.wire)
  }

  async #call(call: Omit<Call, 'timeoutMs'>, options: CallOptions): Promise<unknown> {
    const timeoutMs = options.timeoutMs ?? this.#settings.timeoutMs
    return callApi(this.#settings.wire, { ...call, timeoutMs, signal: options.signal })
  }

  /** One write: refused here unless it may be made, and given up when that ends. */
  async #write<T>(
    call: Omit<Call, 'timeoutMs' | 'signal' | 'query'>,
    { signal, timeoutMs, ...params }: WriteOptions,
    extra: Record<string, string> = {},
  ): Promise<T> {
    const { guards, fieldManager } = this.#settings
    for (const guard of guards) guard.assertMayWrite()
    using link = linkSignal(signal, ...guards.map((guard) => guard.signal))
    const query = {
      ...(call.method !== 'DELETE' && { fieldManager: params.fieldManager ?? fieldManager }),
      ...(params.dryRun === true && { dryRun: 'All' }),
      ...extra,
    }
    const answer = await this.#call(
      { ...call, query },
      { signal: link.signal, ...(timeoutMs !== undefined && { timeoutMs }) },
    )
    return answer as T
  }

  async get<T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    options: ReadOptions = {},
  ): Promise<T> {
    const what = `get ${describe(resource, key)}`
    const path = objectPath(resource, key, options.subresource)
    const answer = await this.#call({ method: 'GET', path, what }, options)
    if (!isKubeObject(answer)) throw errorFromBadBody(what, 'it is not an object')
    return answer as T
  }

  async find<T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    options?: ReadOptions,
  ): Promise<T | undefined> {
    try {
      return await this.get(resource, key, options)
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }

  async list<T extends KubeObject>(resource: Resource<T>, options: ListOptions = {}): Promise<ObjectList<T>> {
    const { wire, timeoutMs } = this.#settings
    return listAll(wire, { timeoutMs, ...options, resource })
  }

  async create<T extends KubeObject>(
    resource: Resource<T>,
    object: Intent<T>,
    options: WriteOptions = {},
  ): Promise<T> {
    const key = keyIn(resource, object.metadata)
    const what = `create ${describe(resource, key)}`
    const path =
      options.subresource === undefined
        ? collectionPath(resource, key.namespace)
        : objectPath(resource, key, options.subresource)
    const body = { type: JSON_TYPE, text: JSON.stringify(withKind(resource, object)) }
    return this.#write({ method: 'POST', path, what, body }, options)
  }

  async update<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    options: WriteOptions = {},
  ): Promise<T> {
    const key = keyIn(resource, object.metadata)
    const what = `update ${describe(resource, key)}`
    const path = objectPath(resource, key, options.subresource)
    const body = { type: JSON_TYPE, text: JSON.stringify(object) }
    return this.#write({ method: 'PUT', path, what, body }, options)
  }

  async apply<T extends KubeObject>(
    resource: Resource<T>,
    intent: Intent<T>,
    options: ApplyOptions = {},
  ): Promise<T> {
    const { force = true, ...rest } = options
    const key = keyIn(resource, intent.metadata)
    const what = `apply ${describe(resource, key)}`
    const path = objectPath(resource, key, options.subresource)
    const body = { type: APPLY_TYPE, text: JSON.stringify(withKind(resource, intent)) }
    return this.#write({ method: 'PATCH', path, what, body }, rest, { force: String(force) })
  }

  async applyStatus<T extends KubeObject>(
    resource: Resource<T>,
    intent: Intent<T>,
    options: ApplyOptions = {},
  ): Promise<T> {
    return this.apply(resource, intent, { ...options, subresource: 'status' })
  }

  async patch<T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    patch: object,
    options: WriteOptions = {},
  ): Promise<T> {
    const what = `patch ${describe(resource, key)}`
    const path = objectPath(resource, key, options.subresource)
    const body = { type: MERGE_TYPE, text: JSON.stringify(patch) }
    return this.#write({ method: 'PATCH', path, what, body }, options)
  }

  async delete(resource: Resource, key: ObjectKey, options: DeleteOptions = {}): Promise<void> {
    const { preconditions, propagationPolicy, gracePeriodSeconds, ...call } = options
    const what = `delete ${describe(resource, key)}`
    const terms = { preconditions, propagationPolicy, gracePeriodSeconds }
    const body = {
      type: JSON_TYPE,
      text: JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions', ...terms }),
    }
    try {
      await this.#write({ method: 'DELETE', path: objectPath(resource, key), what, body }, call)
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }

  guardedBy(assertMayWrite: () => void, signal?: AbortSignal): KubeClient {
    const guards = [...this.#settings.guards, { assertMayWrite, signal }]
    return new Client({ ...this.#settings, guards })
  }
}

/** A client over any transport: for tests that count or hold what is sent. */
export function createClientOver(
  transport: Transport,
  { fieldManager, timeoutMs = 30_000, clock = systemClock }: Omit<ClientOptions, 'kubeConfig' | 'registry'>,
): KubeClient {
  return new Client({ wire: { transport, clock }, fieldManager, timeoutMs, guards: [] })
}

/** A client on client-node's configuration and authentication. */
export function createClient({ kubeConfig, registry, ...options }: ClientOptions): KubeClient {
  return createClientOver(createTransport(kubeConfig, metricsIn(registry)), options)
}
