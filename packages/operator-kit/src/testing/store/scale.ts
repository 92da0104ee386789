import { isRecord, type JsonRecord } from '../../json.ts'
import type { KubeObject } from '../../types/object.ts'
import type { ScalePaths } from './kinds.ts'
import { getAt, setAt } from './paths.ts'

const numberAt = (object: unknown, path: string) => {
  const value = getAt(object, path.split('.'))
  return typeof value === 'number' ? value : 0
}

/** The object seen through `/scale`. */
export function scaleOf(object: KubeObject, paths: ScalePaths): KubeObject & JsonRecord {
  const { name, namespace, uid, resourceVersion } = object.metadata
  const selector = paths.selector === undefined ? undefined : getAt(object, paths.selector.split('.'))
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, uid, resourceVersion, ...(namespace !== undefined && { namespace }) },
    spec: { replicas: numberAt(object, paths.specReplicas) },
    status: {
      replicas: numberAt(object, paths.statusReplicas),
      ...(typeof selector === 'string' && { selector }),
    },
  }
}

/** What a write of a Scale asks of the object. */
export function fromScale(scale: JsonRecord, paths: ScalePaths): JsonRecord {
  const { resourceVersion } = isRecord(scale.metadata) ? scale.metadata : {}
  const intent: JsonRecord = resourceVersion === undefined ? {} : { metadata: { resourceVersion } }
  const replicas = getAt(scale, ['spec', 'replicas'])
  if (replicas !== undefined) setAt(intent, paths.specReplicas.split('.'), replicas)
  return intent
}
