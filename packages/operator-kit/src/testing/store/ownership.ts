import { isRecord, type JsonRecord, sameJson, without } from '../../json.ts'
import { getAt, leavesOf, type Path, pathId, pathOf, removeAt, setAt } from './paths.ts'

/** Who writes, and by which way. */
export interface Writer {
  manager: string
  operation: 'Apply' | 'Update'
  subresource: string
}

/** Fields of one object by who set them last. */
export class Ownership {
  readonly #owned = new Map<string, Set<string>>()

  /** Dotted paths by manager, for assertions. */
  fields(): Record<string, string[]> {
    const all: Record<string, string[]> = {}
    for (const [writer, ids] of this.#owned) {
      const { manager } = JSON.parse(writer) as Writer
      const paths = [...ids].map((id) => pathOf(id).join('.'))
      all[manager] = [...(all[manager] ?? []), ...paths].sort()
    }
    return all
  }

  /** As `metadata.managedFields`. */
  managedFields(apiVersion: string): object[] {
    return [...this.#owned].map(([id, paths]) => {
      const { manager, operation, subresource } = JSON.parse(id) as Writer
      const fieldsV1: JsonRecord = {}
      for (const path of paths)
        setAt(
          fieldsV1,
          pathOf(path).map((step) => `f:${step}`),
          {},
        )
      const via = subresource === '' ? {} : { subresource }
      return { manager, operation, apiVersion, fieldsType: 'FieldsV1', fieldsV1, ...via }
    })
  }

  /** Other managers that own one of these fields and want another value there. */
  conflicts(writer: Writer, stored: unknown, wanted: JsonRecord): string[] {
    const mine = idOf(writer)
    return leavesOf(wanted).flatMap((path) => {
      if (sameJson(getAt(stored, path), getAt(wanted, path))) return []
      const others = [...this.#owned].filter(([id, paths]) => id !== mine && paths.has(pathId(path)))
      return others.map(([id]) => `${(JSON.parse(id) as Writer).manager} owns .${path.join('.')}`)
    })
  }

  /** Server-side apply: sets what is wanted, drops what this writer no longer wants and nobody else owns. */
  apply(writer: Writer, stored: JsonRecord, wanted: JsonRecord): void {
    const mine = idOf(writer)
    const before = this.#owned.get(mine) ?? new Set()
    const now = new Set<string>()
    for (const path of leavesOf(wanted)) {
      const value = getAt(wanted, path)
      if (!sameJson(getAt(stored, path), value)) this.#disown(pathId(path))
      setAt(stored, path, structuredClone(value))
      now.add(pathId(path))
    }
    this.#put(mine, now)
    for (const id of before) {
      if (!now.has(id) && !this.#isOwned(id)) removeAt(stored, pathOf(id))
    }
  }

  /** Update and patch: what changed now belongs to this writer alone. */
  update(writer: Writer, before: JsonRecord, after: JsonRecord): void {
    const ids = new Set(changed(before, after).map(pathId))
    for (const id of ids) this.#disown(id)
    const kept = [...ids].filter((id) => getAt(after, pathOf(id)) !== undefined)
    this.#put(idOf(writer), new Set([...(this.#owned.get(idOf(writer)) ?? []), ...kept]))
  }

  #put(writer: string, ids: Set<string>): void {
    if (ids.size === 0) this.#owned.delete(writer)
    else this.#owned.set(writer, ids)
  }

  #disown(id: string): void {
    for (const [writer, ids] of this.#owned) {
      ids.delete(id)
      if (ids.size === 0) this.#owned.delete(writer)
    }
  }

  #isOwned(id: string): boolean {
    return [...this.#owned.values()].some((ids) => ids.has(id))
  }
}

const idOf = ({ manager, operation, subresource }: Writer) =>
  JSON.stringify({ manager, operation, subresource })

function changed(before: JsonRecord, after: JsonRecord): Path[] {
  const paths = new Map([...leavesOf(before), ...leavesOf(after)].map((path) => [pathId(path), path]))
  return [...paths.values()].filter((path) => !sameJson(getAt(before, path), getAt(after, path)))
}

/** The part of an object that has owners: not what the server itself keeps. */
export function ownable(object: JsonRecord): JsonRecord {
  const rest = without(object, 'apiVersion', 'kind', 'metadata') as JsonRecord
  const metadata = isRecord(object.metadata) ? object.metadata : {}
  const { labels, annotations, finalizers, ownerReferences } = metadata
  const kept = Object.entries({ labels, annotations, finalizers, ownerReferences }).filter(
    ([, value]) => value !== undefined,
  )
  return kept.length === 0 ? rest : { ...rest, metadata: Object.fromEntries(kept) }
}
