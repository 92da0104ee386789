/** Names one object of a kind. `namespace` is empty for cluster-scoped kinds. */
export interface ObjectKey {
  readonly namespace: string
  readonly name: string
}

export interface OwnerReference {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
  blockOwnerDeletion?: boolean
}

/** Metadata as the API server sends it: times are RFC 3339 strings. */
export interface ObjectMeta {
  name: string
  namespace?: string
  uid: string
  resourceVersion: string
  generation?: number
  creationTimestamp?: string
  /** Set once deletion was asked for; the object stays until its finalizers are gone. */
  deletionTimestamp?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  finalizers?: string[]
  ownerReferences?: OwnerReference[]
  managedFields?: unknown[]
}

/** Any object as plain JSON. Objects from an informer are shared and frozen. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
}

/** Where the objects of a kind live. Made by {@link defineResource}. */
export interface Resource<T extends KubeObject = KubeObject> {
  /** Such as `apps/v1`, or `v1` for the core group. */
  readonly apiVersion: string
  readonly kind: string
  /** Lower-case plural, as in the URL. */
  readonly plural: string
  readonly namespaced: boolean
  /** Carries the type only; never set. */
  readonly type?: T
}

/** All of `T`, at any depth, may be left out: what one field manager has an opinion on. */
export type DeepPartial<T> = T extends readonly (infer Item)[]
  ? readonly DeepPartial<Item>[]
  : T extends object
    ? { [Key in keyof T]?: DeepPartial<T[Key]> }
    : T

/**
 * What server-side apply sends: the fields this manager owns. `metadata.resourceVersion`, when given, is a
 * precondition: the server answers 409 when the object has changed since. It does not keep a deleted object from being
 * made anew; `metadata.uid` does. `asRead(object)` gives both.
 */
export type Intent<T extends KubeObject> = DeepPartial<Omit<T, 'metadata'>> & {
  metadata: Partial<ObjectMeta> & { name: string }
}
