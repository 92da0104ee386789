import { isNotFound } from './errors.ts'
import { keyOf } from './resource.ts'
import type { KubeClient } from './types/client.ts'
import type { KubeObject, Resource } from './types/object.ts'

/** Deletion was asked for; only finalizers keep the object. */
export function isDeleting(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined
}

export function hasFinalizer(object: KubeObject, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) ?? false
}

/** The whole list with a precondition: a merge patch replaces lists, and others may have changed this one. */
const patchOf = ({ metadata }: KubeObject, finalizers: readonly string[]) => ({
  metadata: { resourceVersion: metadata.resourceVersion, finalizers },
})

/** Adds it unless it is there; 409 when the object has changed since it was read. Returns the object as stored. */
export async function addFinalizer<T extends KubeObject>(
  client: KubeClient,
  resource: Resource<T>,
  object: T,
  finalizer: string,
): Promise<T> {
  if (hasFinalizer(object, finalizer)) return object
  const finalizers = [...(object.metadata.finalizers ?? []), finalizer]
  return client.patch(resource, keyOf(object), patchOf(object, finalizers))
}

/** Removes it if it is there; 409 when the object has changed, fine when it is gone. */
export async function removeFinalizer<T extends KubeObject>(
  client: KubeClient,
  resource: Resource<T>,
  object: T,
  finalizer: string,
): Promise<void> {
  if (!hasFinalizer(object, finalizer)) return
  const finalizers = object.metadata.finalizers?.filter((other) => other !== finalizer) ?? []
  try {
    await client.patch(resource, keyOf(object), patchOf(object, finalizers))
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}
