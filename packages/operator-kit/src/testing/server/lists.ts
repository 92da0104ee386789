import { without } from '../../json.ts'
import type { KubeObject } from '../../types/object.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { fieldSelector, labelSelector } from '../store/selectors.ts'
import { expired } from '../store/status-error.ts'
import type { FakeRequest } from './request.ts'

interface Snapshot {
  version: string
  items: KubeObject[]
}

/** Lists in pages, each list from one moment. */
export class Lists {
  readonly #store: ObjectStore
  readonly #snapshots = new Map<string, Snapshot>()
  #taken = 0

  constructor(store: ObjectStore) {
    this.#store = store
  }

  /** Every list that is half read gets 410 from now on. */
  expire(): void {
    this.#snapshots.clear()
  }

  answer(request: FakeRequest): object {
    const { snapshot, id, start } = this.#find(request)
    const { limit } = request.query
    const end = limit === undefined ? snapshot.items.length : start + Number(limit)
    const more = end < snapshot.items.length
    if (more) this.#snapshots.set(id, snapshot)
    const { apiVersion, kind } = request.kind
    return {
      apiVersion,
      kind: `${kind}List`,
      metadata: { resourceVersion: snapshot.version, ...(more && { continue: `${id}:${end}` }) },
      // Built-in kinds are listed without apiVersion and kind.
      items: snapshot.items.slice(start, end).map((item) => without(item, 'apiVersion', 'kind')),
    }
  }

  #find(request: FakeRequest) {
    const [id, from] = request.query.continue?.split(':') ?? []
    if (id === undefined) {
      this.#taken += 1
      return { snapshot: this.#take(request), id: `s${this.#taken}`, start: 0 }
    }
    const snapshot = this.#snapshots.get(id)
    if (snapshot === undefined) throw expired('The provided continue parameter is too old')
    return { snapshot, id, start: Number(from) }
  }

  #take({ kind, namespace, query }: FakeRequest): Snapshot {
    const byLabels = labelSelector(query.labelSelector)
    const byFields = fieldSelector(query.fieldSelector)
    const items = this.#store.all(kind, namespace).filter((object) => byLabels(object) && byFields(object))
    return { version: String(this.#store.version), items: structuredClone(items) }
  }
}
