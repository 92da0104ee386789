import { ApiError } from '../errors.ts'
import { isKubeObject, isRecord } from '../json.ts'
import { collectionPath, describe } from '../resource.ts'
import type { KubeObject, Resource } from '../types/object.ts'
import { errorFromBadBody, errorFromEvent, errorFromNetwork } from './api-errors.ts'
import { readLines } from './body.ts'
import { send, type Wire } from './call.ts'
import type { Progress } from './deadline.ts'

/** What a watch may say, apart from errors, which are thrown. */
export type WatchEvent<T> =
  { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: T } | { type: 'BOOKMARK'; resourceVersion: string }

export interface WatchRequest<T extends KubeObject> {
  resource: Resource<T>
  namespace?: string | undefined
  labelSelector?: string | undefined
  fieldSelector?: string | undefined
  /** Events after this one. */
  resourceVersion: string
  /** When the server should end the watch of itself, in seconds. */
  timeoutSeconds: number
  signal: AbortSignal
}

function readEvent<T extends KubeObject>(line: string, what: string): WatchEvent<T> | undefined {
  let event: unknown
  try {
    event = JSON.parse(line)
  } catch {
    throw errorFromBadBody(what, 'a line is not JSON')
  }
  if (!isRecord(event)) throw errorFromBadBody(what, 'a line is not an event')
  const { type, object } = event
  if (type === 'ERROR') throw errorFromEvent(object, what)
  if (type === 'BOOKMARK') return readBookmark(object, what)
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') return undefined
  if (!isKubeObject(object)) throw errorFromBadBody(what, `${type} without a name or resourceVersion`)
  return { type, object: object as T }
}

function readBookmark(object: unknown, what: string) {
  const metadata = isRecord(object) && isRecord(object.metadata) ? object.metadata : {}
  const { resourceVersion } = metadata
  if (typeof resourceVersion !== 'string' || resourceVersion === '') {
    throw errorFromBadBody(what, 'BOOKMARK without a resourceVersion')
  }
  return { type: 'BOOKMARK' as const, resourceVersion }
}

/**
 * Opens a watch; then gives its events until the server ends it. Nothing is skipped: a line that cannot be read throws,
 * because the next one would move the resource version past it. Types this version does not know are left out.
 *
 * @throws ApiError, or the reason of the signal.
 */
export async function openWatch<T extends KubeObject>(
  wire: Wire,
  request: WatchRequest<T>,
  progress: Progress,
): Promise<AsyncGenerator<WatchEvent<T>>> {
  const { resource, namespace, labelSelector, fieldSelector, resourceVersion, signal } = request
  const what = `watch ${describe(resource)}`
  const query = {
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion,
    labelSelector,
    fieldSelector,
    timeoutSeconds: String(request.timeoutSeconds),
  }
  const path = collectionPath(resource, namespace)
  const response = await send(wire, { method: 'GET', path, query, signal }, what)

  async function* events() {
    try {
      for await (const line of readLines(response.body, progress)) {
        const event = readEvent<T>(line, what)
        if (event !== undefined) yield event
      }
    } catch (error) {
      throw signal.aborted || error instanceof ApiError ? error : errorFromNetwork(error, what)
    }
  }
  return events()
}
