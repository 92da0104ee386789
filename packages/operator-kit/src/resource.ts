import { OperatorError } from './errors.ts'
import type { KubeObject, ObjectKey, ObjectMeta, OwnerReference, Resource } from './types/object.ts'

/**
 * Where the objects of a kind live:
 * `defineResource<Pool>({ apiVersion: 'example.dev/v1', kind: 'Pool', plural: 'pools', namespaced: true })`.
 */
export function defineResource<T extends KubeObject>(resource: Resource<T>): Resource<T> {
  if (!/^([a-z0-9.-]+\/)?v[a-z0-9]+$/.test(resource.apiVersion)) {
    throw new OperatorError('OPERATOR_MISUSE', `${resource.apiVersion} is not an apiVersion`)
  }
  return Object.freeze({ ...resource })
}

/** The key of an object. */
export function keyOf(object: { metadata: { name: string; namespace?: string } }): ObjectKey {
  return { namespace: object.metadata.namespace ?? '', name: object.metadata.name }
}

/** Metadata of an intent that holds only for the object as it was read: 409 when it has changed, or is gone. */
export function asRead({ metadata }: KubeObject): Pick<ObjectMeta, 'name' | 'uid' | 'resourceVersion'> & {
  namespace?: string
} {
  const { name, namespace, uid, resourceVersion } = metadata
  return { name, uid, resourceVersion, ...(namespace !== undefined && { namespace }) }
}

/** The object without the record of who set which field, which may be as large as the rest; for an informer's `transform`. */
export function withoutManagedFields<T extends KubeObject>(object: T): T {
  const metadata = { ...object.metadata }
  delete metadata.managedFields
  return { ...object, metadata }
}

/** `namespace/name`, or `name` for cluster-scoped kinds. */
export function formatKey(key: ObjectKey): string {
  return key.namespace === '' ? key.name : `${key.namespace}/${key.name}`
}

/** The inverse of {@link formatKey}: names of objects hold no slash. */
export function parseKey(text: string): ObjectKey {
  const slash = text.indexOf('/')
  return slash < 0
    ? { namespace: '', name: text }
    : { namespace: text.slice(0, slash), name: text.slice(slash + 1) }
}

/** An owner reference that makes `owner` the controller of what carries it; deleting `owner` deletes that too. */
export function controllerReference(owner: KubeObject): OwnerReference {
  const { apiVersion, kind, metadata } = owner
  const { name, uid } = metadata
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }
}

/** The collection's path, such as `/apis/apps/v1/namespaces/prod/deployments`. No namespace: all of them. */
export function collectionPath(resource: Resource, namespace = ''): string {
  const root = resource.apiVersion.includes('/') ? '/apis' : '/api'
  const within = resource.namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  return `${root}/${resource.apiVersion}${within}/${resource.plural}`
}

/** One object's path, or that of a sub-resource of it. */
export function objectPath(resource: Resource, key: ObjectKey, subresource?: string): string {
  if (resource.namespaced !== (key.namespace !== '')) {
    const rule = resource.namespaced ? 'is namespaced' : 'has no namespace'
    throw new OperatorError('OPERATOR_MISUSE', `${resource.kind} ${formatKey(key)}: the kind ${rule}`)
  }
  const base = `${collectionPath(resource, key.namespace)}/${encodeURIComponent(key.name)}`
  return subresource === undefined ? base : `${base}/${subresource}`
}

/** For messages: `Pool prod/booking`. */
export const describe = (resource: Resource, key?: ObjectKey): string =>
  key === undefined ? resource.plural : `${resource.kind} ${formatKey(key)}`
