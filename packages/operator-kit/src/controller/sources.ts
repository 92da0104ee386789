import { keyOf } from '../resource.ts'
import { sameJson } from '../json.ts'
import type { Source } from '../types/controller.ts'
import type { Informer, InformerEvent } from '../types/informer.ts'
import type { KubeObject, ObjectKey, Resource } from '../types/object.ts'

/** Every event of the informer enqueues the object itself, or the keys that `toKeys` gives. */
export function watches<T extends KubeObject>(
  informer: Informer<T>,
  toKeys: (event: InformerEvent<T>) => readonly ObjectKey[] = (event) => [keyOf(event.object)],
): Source {
  // A source hands its own informer's events to its own function: both are of T, whoever connects them.
  return { informer, toKeys } as unknown as Source
}

/** Events of owned objects enqueue their controlling owner, when it is of this kind. */
export function watchesOwned<T extends KubeObject>(informer: Informer<T>, owner: Resource): Source {
  const group = groupOf(owner.apiVersion)
  return watches(informer, (event) => {
    const { namespace = '', ownerReferences = [] } = event.object.metadata
    return ownerReferences
      .filter(
        (one) => one.controller === true && one.kind === owner.kind && groupOf(one.apiVersion) === group,
      )
      .map(({ name }) => ({ namespace: owner.namespaced ? namespace : '', name }))
  })
}

/** References may have been made under another version of the owner's group. */
const groupOf = (apiVersion: string) => (apiVersion.includes('/') ? apiVersion.split('/')[0] : '')

/** For `watches`: leaves out updates that changed neither generation, labels, annotations, finalizers nor deletion. */
export function onSpecChange<T extends KubeObject>(event: InformerEvent<T>): readonly ObjectKey[] {
  const same = event.type === 'updated' && sameJson(wanted(event.before), wanted(event.object))
  return same ? [] : [keyOf(event.object)]
}

const wanted = ({ metadata }: KubeObject) => {
  const { uid, generation, labels, annotations, finalizers, deletionTimestamp } = metadata
  return { uid, generation, labels, annotations, finalizers, deletionTimestamp }
}
