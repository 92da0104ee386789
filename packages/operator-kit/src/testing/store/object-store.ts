import { isRecord, type JsonRecord, sameJson, without } from '../../json.ts'
import type { KubeObject, ObjectMeta } from '../../types/object.ts'
import type { FakeKind } from './kinds.ts'
import { ownable, Ownership, type Writer } from './ownership.ts'
import { mergePatch } from './paths.ts'
import { conflict, invalid, notFound, StatusError } from './status-error.ts'

/** One object of a kind, or all of them when `name` is empty. */
export interface Target {
  kind: FakeKind
  namespace: string
  name: string
}

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly version: number
  readonly kind: FakeKind
  readonly object: KubeObject
  readonly before: KubeObject | undefined
}

/** Which part of an object a write may touch. */
export type Part = '' | 'status'

interface Stored {
  object: KubeObject
  kind: FakeKind
  ownership: Ownership
}

export interface Preconditions {
  uid?: string
  resourceVersion?: string
}

const idOf = ({ kind, namespace, name }: Target) => `${kind.apiVersion}/${kind.plural}/${namespace}/${name}`
const describe = ({ kind, namespace, name }: Target) =>
  `${kind.plural} "${namespace === '' ? name : `${namespace}/${name}`}"`

/**
 * Objects with the rules of the API server: one growing resource version for all, optimistic locking, generations,
 * status as a part of its own, finalizers, owner references, field ownership. Every change is in a log for watches.
 */
export class ObjectStore {
  readonly #now: () => number
  readonly #objects = new Map<string, Stored>()
  readonly #listeners = new Set<(change: Change) => void>()
  readonly log: Change[] = []
  #version = 1_000
  #uids = 0
  /** Changes up to this version are no longer in the log. */
  compactedTo = 0

  constructor(now: () => number) {
    this.#now = now
  }

  get version(): number {
    return this.#version
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Forgets the log, as etcd does: watches from before get 410. */
  compact(): void {
    this.compactedTo = this.#version
    this.log.length = 0
  }

  all(kind: FakeKind, namespace = ''): KubeObject[] {
    return [...this.#objects.values()]
      .filter((stored) => stored.kind === kind)
      .map(({ object }) => object)
      .filter(({ metadata }) => namespace === '' || metadata.namespace === namespace)
      .sort((one, other) => (keyText(one) < keyText(other) ? -1 : 1))
  }

  find(target: Target): KubeObject | undefined {
    return this.#objects.get(idOf(target))?.object
  }

  get(target: Target): KubeObject {
    return this.#stored(target).object
  }

  /** Dotted paths by the manager that owns them. */
  owners(target: Target): Record<string, string[]> {
    return this.#stored(target).ownership.fields()
  }

  create(target: Target, body: JsonRecord, writer: Writer): KubeObject {
    const metadata = isRecord(body.metadata) ? body.metadata : {}
    const name = nameOf(metadata, target.name, this.#uids)
    const at = { ...target, name }
    if (this.find(at) !== undefined) {
      throw new StatusError(409, 'AlreadyExists', `${describe(at)} already exists`)
    }
    const content = { ...body }
    if (at.kind.status === true) delete content.status
    const ownership = new Ownership()
    ownership.update(writer, {}, ownable(content))
    return this.#insert(at, content, metadata, ownership)
  }

  update(target: Target, part: Part, body: JsonRecord, writer: Writer): KubeObject {
    const version = isRecord(body.metadata) ? body.metadata.resourceVersion : undefined
    if (typeof version !== 'string' || version === '') {
      throw invalid(describe(target), 'metadata.resourceVersion: must be specified for an update')
    }
    return this.#replace(target, part, body, writer)
  }

  patch(target: Target, part: Part, patch: unknown, writer: Writer): KubeObject {
    const stored = this.get(target)
    return this.#replace(target, part, mergePatch(stored, patch) as JsonRecord, writer)
  }

  apply(target: Target, part: Part, intent: JsonRecord, writer: Writer & { force: boolean }): KubeObject {
    const known = this.#objects.get(idOf(target))
    if (known === undefined) return this.#applyNew(target, part, intent, writer)
    const wanted = partOf(target.kind, part, ownable(intent))
    const conflicts = writer.force ? [] : known.ownership.conflicts(writer, known.object, wanted)
    if (conflicts.length > 0) throw conflict(describe(target), `Apply failed: ${conflicts.join('; ')}`)
    this.#checkVersion(target, intent)
    const next = structuredClone(known.object) as KubeObject & JsonRecord
    known.ownership.apply(writer, next, wanted)
    return this.#commit(target, known, next)
  }

  delete(target: Target, preconditions: Preconditions = {}): KubeObject {
    const stored = this.#stored(target)
    const { uid, resourceVersion } = stored.object.metadata
    const { uid: wantedUid = uid, resourceVersion: wantedVersion = resourceVersion } = preconditions
    if (uid !== wantedUid || resourceVersion !== wantedVersion) {
      throw conflict(describe(target), 'the precondition is not met')
    }
    if ((stored.object.metadata.finalizers ?? []).length === 0) return this.#remove(target, stored.object)
    if (stored.object.metadata.deletionTimestamp !== undefined) return stored.object
    const next = structuredClone(stored.object)
    next.metadata.deletionTimestamp = this.#timestamp()
    next.metadata.generation = (next.metadata.generation ?? 0) + 1
    return this.#commit(target, stored, next)
  }

  #applyNew(target: Target, part: Part, intent: JsonRecord, writer: Writer): KubeObject {
    if (part !== '') throw notFound(describe(target))
    const wanted = partOf(target.kind, '', ownable(intent))
    const metadata = isRecord(intent.metadata) ? intent.metadata : {}
    // A resourceVersion that is given does not matter here: so it is with the real one.
    if (metadata.uid !== undefined)
      throw conflict(describe(target), 'uid mismatch: the object does not exist')
    const content: JsonRecord = {}
    const ownership = new Ownership()
    ownership.apply(writer, content, wanted)
    return this.#insert(target, content, { ...metadata, ...(content.metadata ?? {}) }, ownership)
  }

  #insert(target: Target, content: JsonRecord, metadata: JsonRecord, ownership: Ownership): KubeObject {
    const { kind, namespace, name } = target
    this.#uids += 1
    const object = {
      ...structuredClone(content),
      apiVersion: kind.apiVersion,
      kind: kind.kind,
      metadata: {
        ...structuredClone(metadata),
        name,
        ...(kind.namespaced && { namespace }),
        uid: `00000000-0000-4000-8000-${String(this.#uids).padStart(12, '0')}`,
        resourceVersion: '',
        generation: 1,
        creationTimestamp: this.#timestamp(),
      },
    } satisfies KubeObject
    this.#validate(target, object, undefined)
    const stored = { object, kind, ownership }
    this.#objects.set(idOf(target), stored)
    return this.#record('ADDED', target, object, undefined)
  }

  #replace(target: Target, part: Part, body: JsonRecord, writer: Writer): KubeObject {
    const stored = this.#stored(target)
    this.#checkVersion(target, body)
    const before = structuredClone(stored.object) as KubeObject & JsonRecord
    const next =
      part === 'status' ? { ...before, status: body.status } : withoutStatus(target.kind, body, before)
    const { uid, generation, creationTimestamp, deletionTimestamp, namespace, name } = before.metadata
    const fixed = { uid, generation, creationTimestamp, namespace, name }
    const metadata = part === 'status' ? before.metadata : (body.metadata as ObjectMeta)
    const kept = {
      ...metadata,
      ...fixed,
      resourceVersion: before.metadata.resourceVersion,
      deletionTimestamp,
    }
    const whole = { ...next, metadata: JSON.parse(JSON.stringify(kept)) as ObjectMeta } as KubeObject &
      JsonRecord
    stored.ownership.update(writer, ownable(before), ownable(whole))
    return this.#commit(target, stored, whole)
  }

  /** Stores what differs, and lets go of an object whose deletion waited for its last finalizer. */
  #commit(target: Target, stored: Stored, next: KubeObject): KubeObject {
    const before = stored.object
    if (sameJson(content(before), content(next))) return before
    this.#validate(target, next, before)
    if (!sameJson(desired(before), desired(next))) {
      next.metadata.generation = (before.metadata.generation ?? 0) + 1
    }
    stored.object = next
    const { deletionTimestamp, finalizers = [] } = next.metadata
    if (deletionTimestamp !== undefined && finalizers.length === 0) return this.#remove(target, before)
    return this.#record('MODIFIED', target, next, before)
  }

  #remove(target: Target, before: KubeObject): KubeObject {
    const last = structuredClone(this.get(target))
    this.#objects.delete(idOf(target))
    this.#record('DELETED', target, last, before)
    this.#collectGarbage(last.metadata.uid)
    return last
  }

  /** Deletes what only this owner kept. */
  #collectGarbage(uid: string): void {
    for (const { object, kind } of [...this.#objects.values()]) {
      const owners = object.metadata.ownerReferences ?? []
      if (!owners.some((owner) => owner.uid === uid)) continue
      if (owners.some((owner) => owner.uid !== uid && this.#exists(owner.uid))) continue
      const { namespace = '', name } = object.metadata
      this.delete({ kind, namespace, name })
    }
  }

  #exists(uid: string): boolean {
    return [...this.#objects.values()].some(({ object }) => object.metadata.uid === uid)
  }

  #record(
    type: Change['type'],
    target: Target,
    object: KubeObject,
    before: KubeObject | undefined,
  ): KubeObject {
    this.#version += 1
    object.metadata.resourceVersion = String(this.#version)
    const ownership = this.#objects.get(idOf(target))?.ownership
    if (ownership !== undefined) object.metadata.managedFields = ownership.managedFields(object.apiVersion)
    const change = {
      type,
      version: this.#version,
      kind: target.kind,
      object: structuredClone(object),
      before,
    }
    this.log.push(change)
    for (const listener of [...this.#listeners]) listener(change)
    return object
  }

  /** A resourceVersion that is given must be the stored one; a uid cannot be changed. */
  #checkVersion(target: Target, body: JsonRecord): void {
    const given = isRecord(body.metadata) ? body.metadata : {}
    const stored = this.get(target).metadata
    if (typeof given.resourceVersion === 'string' && given.resourceVersion !== stored.resourceVersion) {
      const why = 'the object has been modified; please apply your changes to the latest version'
      throw conflict(describe(target), why)
    }
    if (typeof given.uid === 'string' && given.uid !== stored.uid) {
      throw invalid(describe(target), 'metadata.uid: field is immutable')
    }
  }

  #validate(target: Target, object: KubeObject, before: KubeObject | undefined): void {
    const complaint = target.kind.validate?.(object, before)
    if (complaint !== undefined) throw invalid(describe(target), complaint)
  }

  #stored(target: Target): Stored {
    const stored = this.#objects.get(idOf(target))
    if (stored === undefined) throw notFound(describe(target))
    return stored
  }

  #timestamp(): string {
    return new Date(this.#now()).toISOString().replace(/\.\d+Z$/, 'Z')
  }
}

const keyText = ({ metadata }: KubeObject) => `${metadata.namespace ?? ''}/${metadata.name}`

function nameOf(metadata: JsonRecord, fallback: string, unique: number): string {
  const { name, generateName } = metadata
  if (typeof name === 'string' && name !== '') return name
  if (typeof generateName === 'string') return `${generateName}${unique.toString(36).padStart(5, '0')}`
  if (fallback !== '') return fallback
  throw invalid('object', 'metadata.name: Required value: name or generateName is required')
}

/** What a write through one sub-resource may set. */
function partOf(kind: FakeKind, part: Part, wanted: JsonRecord): JsonRecord {
  if (part === 'status') return { status: wanted.status ?? {} }
  return kind.status === true ? without(wanted, 'status') : wanted
}

function withoutStatus(kind: FakeKind, body: JsonRecord, before: JsonRecord): JsonRecord {
  if (kind.status !== true) return body
  const { status } = before
  return { ...without(body, 'status'), ...(status !== undefined && { status }) }
}

/** All but what the server itself counts. */
const content = (object: KubeObject): object => ({
  ...object,
  metadata: without(object.metadata, 'resourceVersion', 'generation', 'managedFields'),
})

/** What a change of makes a new generation. */
const desired = (object: KubeObject): object => without(object, 'metadata', 'status')
