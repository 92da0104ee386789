import { isGone } from '../errors.ts'
import { isKubeObject, isRecord } from '../json.ts'
import { collectionPath, describe } from '../resource.ts'
import type { ListOptions, ObjectList } from '../types/client.ts'
import type { KubeObject, Resource } from '../types/object.ts'
import { errorFromBadBody } from './api-errors.ts'
import { callApi, type Wire } from './call.ts'

export const DEFAULT_PAGE_SIZE = 500

/** Which list to read, and how patiently. */
export interface ListRequest<T extends KubeObject> extends ListOptions {
  resource: Resource<T>
  timeoutMs: number
  /** The time is one without progress instead of one for each page. */
  untilSilent?: boolean
}

interface Page<T> extends ObjectList<T> {
  next: string
}

function readPage<T extends KubeObject>(body: unknown, resource: Resource<T>, what: string): Page<T> {
  const metadata = isRecord(body) && isRecord(body.metadata) ? body.metadata : {}
  const items = isRecord(body) ? (body.items ?? []) : undefined
  const { resourceVersion, continue: next } = metadata
  if (!Array.isArray(items) || typeof resourceVersion !== 'string') {
    throw errorFromBadBody(what, 'it is not a list')
  }
  // Items of a list carry neither apiVersion nor kind for built-in kinds; those of a watch do.
  const { apiVersion, kind } = resource
  const whole = items.map((item: object) => ({ apiVersion, kind, ...item }))
  if (!whole.every(isKubeObject)) throw errorFromBadBody(what, 'an item has no name or resourceVersion')
  return { items: whole as T[], resourceVersion, next: typeof next === 'string' ? next : '' }
}

/** One page after the other. */
async function readPages<T extends KubeObject>(
  wire: Wire,
  request: ListRequest<T>,
  pageSize: number | undefined,
): Promise<ObjectList<T>> {
  const { resource, namespace, labelSelector, fieldSelector, signal, timeoutMs, untilSilent } = request
  const what = `list ${describe(resource)}`
  const limit = pageSize === undefined ? undefined : String(pageSize)
  const items: T[] = []
  let next = ''
  for (;;) {
    const query = { labelSelector, fieldSelector, limit, ...(next !== '' && { continue: next }) }
    const path = collectionPath(resource, namespace)
    const wait = { timeoutMs, signal, untilSilent: untilSilent === true }
    const page = readPage(await callApi(wire, { method: 'GET', path, query, what, ...wait }), resource, what)
    for (const item of page.items) items.push(item)
    if (page.next === '') return { items, resourceVersion: page.resourceVersion }
    next = page.next
  }
}

/**
 * The whole list, consistent, in pages. When the snapshot behind the pages expires on the way (410), it is read anew in
 * one piece, as client-go does: with pages the same could happen for ever.
 */
export async function listAll<T extends KubeObject>(
  wire: Wire,
  request: ListRequest<T>,
): Promise<ObjectList<T>> {
  try {
    return await readPages(wire, request, request.pageSize ?? DEFAULT_PAGE_SIZE)
  } catch (error) {
    if (!isGone(error)) throw error
    return readPages(wire, request, undefined)
  }
}
