import { formatKey, keyOf } from '../resource.ts'
import type { ObjectList } from '../types/client.ts'
import type { KubeObject } from '../types/object.ts'
import { compareVersions } from './versions.ts'

/** What a list shows that the cache has not heard of. */
export interface Drift<T> {
  added: T[]
  updated: T[]
  deleted: T[]
}

export const driftCount = ({ added, updated, deleted }: Drift<unknown>): number =>
  added.length + updated.length + deleted.length

/** The cache has this, or something later; versions that cannot be compared are given the benefit of the doubt. */
const knows = (cached: KubeObject, listed: KubeObject) =>
  (compareVersions(cached.metadata.resourceVersion, listed.metadata.resourceVersion) ?? 1) >= 0

/**
 * Compares a list with the cache as it is now. The watch goes on meanwhile, so what it has heard since the list was read
 * is no drift: later versions, objects later than the whole list, and those deleted since (`deletedSince`).
 */
export function compareWithList<T extends KubeObject>(
  list: ObjectList<T>,
  cached: readonly T[],
  deletedSince: ReadonlySet<string>,
): Drift<T> {
  const known = new Map(cached.map((object) => [formatKey(keyOf(object)), object]))
  const drift: Drift<T> = { added: [], updated: [], deleted: [] }
  for (const listed of list.items) {
    const id = formatKey(keyOf(listed))
    const object = known.get(id)
    known.delete(id)
    if (object === undefined) {
      if (!deletedSince.has(id)) drift.added.push(listed)
    } else if (!knows(object, listed)) drift.updated.push(listed)
  }
  for (const object of known.values()) {
    const later = compareVersions(object.metadata.resourceVersion, list.resourceVersion) ?? 1
    if (later <= 0) drift.deleted.push(object)
  }
  return drift
}
