import { OperatorError } from '../errors.ts'
import { deepFreeze } from '../json.ts'
import { formatKey, keyOf } from '../resource.ts'
import type { IndexFunction, InformerEvent } from '../types/informer.ts'
import type { KubeObject, ObjectKey } from '../types/object.ts'

/** Objects found by a value computed from them. */
class Index<T> {
  readonly #valuesOf: IndexFunction<T>
  readonly #ids = new Map<string, Set<string>>()
  readonly #values = new Map<string, readonly string[]>()

  constructor(valuesOf: IndexFunction<T>) {
    this.#valuesOf = valuesOf
  }

  put(id: string, object: T): void {
    this.remove(id)
    const values = [...new Set(this.#valuesOf(object))]
    this.#values.set(id, values)
    for (const value of values) {
      const ids = this.#ids.get(value) ?? new Set()
      this.#ids.set(value, ids.add(id))
    }
  }

  remove(id: string): void {
    for (const value of this.#values.get(id) ?? []) {
      const ids = this.#ids.get(value)
      ids?.delete(id)
      if (ids?.size === 0) this.#ids.delete(value)
    }
    this.#values.delete(id)
  }

  find(value: string): Iterable<string> {
    return this.#ids.get(value) ?? []
  }

  count(value: string): number {
    return this.#ids.get(value)?.size ?? 0
  }
}

export interface CacheOptions<T> {
  indexes?: Readonly<Record<string, IndexFunction<T>>> | undefined
  transform?: ((object: T) => T) | undefined
  /** A function of the caller threw; the object is kept without it. */
  onError: (error: unknown, what: string) => void
}

/** The objects of one kind as last heard of, frozen, with indexes. Each change gives the event that tells of it. */
export class Cache<T extends KubeObject> {
  readonly #objects = new Map<string, T>()
  readonly #indexes = new Map<string, Index<T>>()
  readonly #namespaces = new Index<T>((object) => [object.metadata.namespace ?? ''])
  readonly #options: CacheOptions<T>

  constructor(options: CacheOptions<T>) {
    this.#options = options
    for (const [name, valuesOf] of Object.entries(options.indexes ?? {})) {
      this.#indexes.set(
        name,
        new Index((object) => this.#guarded(() => valuesOf(object), [], `index ${name}`)),
      )
    }
  }

  get size(): number {
    return this.#objects.size
  }

  get(key: ObjectKey): T | undefined {
    return this.#objects.get(formatKey(key))
  }

  list(namespace = ''): T[] {
    return namespace === '' ? [...this.#objects.values()] : this.#pick(this.#namespaces.find(namespace))
  }

  byIndex(name: string, value: string): T[] {
    return this.#pick(this.#index(name).find(value))
  }

  countByIndex(name: string, value: string): number {
    return this.#index(name).count(value)
  }

  /** Keeps the object; no event when this version of it is known. */
  put(received: T): InformerEvent<T> | undefined {
    const id = formatKey(keyOf(received))
    const before = this.#objects.get(id)
    if (before !== undefined && isSame(before, received)) return undefined
    const { transform } = this.#options
    const kept =
      transform === undefined ? received : this.#guarded(() => transform(received), received, 'transform')
    const object = deepFreeze(kept)
    this.#objects.set(id, object)
    this.#namespaces.put(id, object)
    for (const index of this.#indexes.values()) index.put(id, object)
    return before === undefined ? { type: 'added', object } : { type: 'updated', object, before }
  }

  /** Drops the object; no event when it was not there. `last` is its last state, when that is known. */
  remove(key: ObjectKey, last?: T): InformerEvent<T> | undefined {
    const id = formatKey(key)
    const known = this.#objects.get(id)
    if (known === undefined) return undefined
    this.#objects.delete(id)
    this.#namespaces.remove(id)
    for (const index of this.#indexes.values()) index.remove(id)
    return { type: 'deleted', object: last === undefined ? known : deepFreeze(last) }
  }

  /** Makes the cache hold exactly these. */
  replace(listed: readonly T[]): InformerEvent<T>[] {
    const ids = new Set(listed.map((object) => formatKey(keyOf(object))))
    const gone = [...this.#objects]
      .filter(([id]) => !ids.has(id))
      .map(([, object]) => this.remove(keyOf(object)))
    return [...gone, ...listed.map((object) => this.put(object))].filter((event) => event !== undefined)
  }

  #index(name: string): Index<T> {
    const index = this.#indexes.get(name)
    if (index === undefined) throw new OperatorError('OPERATOR_MISUSE', `There is no index ${name}`)
    return index
  }

  #pick(ids: Iterable<string>): T[] {
    return [...ids].map((id) => this.#objects.get(id)).filter((object) => object !== undefined)
  }

  #guarded<R>(run: () => R, otherwise: R, what: string): R {
    try {
      return run()
    } catch (error) {
      this.#options.onError(error, what)
      return otherwise
    }
  }
}

const isSame = (one: KubeObject, other: KubeObject) =>
  one.metadata.resourceVersion === other.metadata.resourceVersion && one.metadata.uid === other.metadata.uid
