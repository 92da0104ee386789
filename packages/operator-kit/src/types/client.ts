import type { DeepPartial, Intent, KubeObject, ObjectKey, Resource } from './object.ts'

export interface CallOptions {
  /** Gives the call up; it then rejects with the signal's reason. */
  signal?: AbortSignal
  /** Gives the call up after so many milliseconds (default: the client's, 30 s). */
  timeoutMs?: number
}

export interface ReadOptions extends CallOptions {
  /** Such as `status` or `scale`. */
  subresource?: string
}

export interface WriteOptions extends CallOptions {
  subresource?: string
  /** Whose fields these become (default: the client's). */
  fieldManager?: string
  /** Validate and answer, store nothing. */
  dryRun?: boolean
}

export interface ApplyOptions extends WriteOptions {
  /** Take fields over from other managers (default true, as controllers should). False: 409 on a conflict. */
  force?: boolean
}

export interface DeleteOptions extends CallOptions {
  /** 409 unless the object is still this one. */
  preconditions?: { uid?: string; resourceVersion?: string }
  propagationPolicy?: 'Foreground' | 'Background' | 'Orphan'
  /** How long a pod may take to end; 0: it is gone from the API at once, and ends behind it. */
  gracePeriodSeconds?: number
}

export interface ListOptions extends CallOptions {
  /** Empty or left out: every namespace. */
  namespace?: string
  labelSelector?: string
  fieldSelector?: string
  /** Objects asked for in one page (default 500). All pages are read. */
  pageSize?: number
}

export interface ObjectList<T> {
  items: T[]
  resourceVersion: string
}

/**
 * The Kubernetes API as a controller uses it. One call is one request: nothing is retried here, because the work queue
 * does that and honours `Retry-After`. Every failure is an {@link ApiError} or the reason of the signal given.
 */
export interface KubeClient {
  /** @throws ApiError with status 404 when there is no such object. */
  get: <T extends KubeObject>(resource: Resource<T>, key: ObjectKey, options?: ReadOptions) => Promise<T>
  /** Like `get`; undefined when there is no such object. */
  find: <T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    options?: ReadOptions,
  ) => Promise<T | undefined>
  /** Reads all pages. Starts over once when the snapshot expires in between (410). */
  list: <T extends KubeObject>(resource: Resource<T>, options?: ListOptions) => Promise<ObjectList<T>>
  create: <T extends KubeObject>(
    resource: Resource<T>,
    object: Intent<T>,
    options?: WriteOptions,
  ) => Promise<T>
  /** Replaces the whole object; its `resourceVersion` is the precondition (409 when it has changed). */
  update: <T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions) => Promise<T>
  /**
   * Server-side apply: creates the object, or sets the fields given and gives up those no longer given. `/scale` takes it
   * for built-in kinds; for custom resources the API server fails there (500, seen with 1.34): use `patch`.
   */
  apply: <T extends KubeObject>(
    resource: Resource<T>,
    intent: Intent<T>,
    options?: ApplyOptions,
  ) => Promise<T>
  /** Server-side apply of `/status`. */
  applyStatus: <T extends KubeObject>(
    resource: Resource<T>,
    intent: Intent<T>,
    options?: ApplyOptions,
  ) => Promise<T>
  /** JSON merge patch: null removes a field, an array replaces the whole array. */
  patch: <T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    patch: DeepPartial<T> | Record<string, unknown>,
    options?: WriteOptions,
  ) => Promise<T>
  /** Asks for deletion. Resolves also when the object is already gone. */
  delete: (resource: Resource, key: ObjectKey, options?: DeleteOptions) => Promise<void>
  /** The same client with a check before every write, such as `leader.assertLeading`; reads stay free. */
  guardedBy: (assertMayWrite: () => void, signal?: AbortSignal) => KubeClient
}
