import type { KubeObject } from '../../types/object.ts'
import { isRecord, type JsonRecord } from '../../json.ts'
import { BUILT_IN_KINDS } from '../store/kinds.ts'
import type { ObjectStore, Part, Target } from '../store/object-store.ts'
import type { Writer } from '../store/ownership.ts'
import { fromScale, scaleOf } from '../store/scale.ts'
import { badRequest, notFound, StatusError } from '../store/status-error.ts'
import type { FakeRequest } from './request.ts'

const targetOf = ({ kind, namespace, name }: FakeRequest): Target => ({ kind, namespace, name })

function partOf({ subresource, kind }: FakeRequest): Part {
  if (subresource === '') return ''
  if (subresource === 'status' && kind.status === true) return 'status'
  throw notFound(`${kind.plural}/${subresource}`)
}

function write(store: ObjectStore, request: FakeRequest, part: Part, body: JsonRecord): KubeObject {
  const target = targetOf(request)
  const { verb, manager, subresource } = request
  const writer: Writer = { manager, operation: verb === 'apply' ? 'Apply' : 'Update', subresource }
  if (verb === 'create') return store.create(target, body, writer)
  if (verb === 'update') return store.update(target, part, body, writer)
  if (verb === 'patch') return store.patch(target, part, body, writer)
  return store.apply(target, part, body, { ...writer, force: request.query.force === 'true' })
}

/** `/scale`: another face of the same object. */
function operateOnScale(store: ObjectStore, request: FakeRequest): KubeObject {
  const paths = request.kind.scale
  if (paths === undefined) throw notFound(`${request.kind.plural}/scale`)
  if (request.verb === 'get') return scaleOf(store.get(targetOf(request)), paths)
  // The real one fails to convert an applied Scale for custom resources.
  if (request.verb === 'apply' && !BUILT_IN_KINDS.includes(request.kind)) {
    throw new StatusError(
      500,
      'InternalError',
      'request to convert CR to an invalid group/version: autoscaling/v1',
    )
  }
  const intent = fromScale(request.body, paths)
  // A PUT of a Scale replaces the scale, not the object behind it.
  const through = request.verb === 'update' ? { ...request, verb: 'patch' as const } : request
  return scaleOf(write(store, through, '', intent), paths)
}

/** Does what a call asks, apart from lists and watches. @throws StatusError. */
export function operate(store: ObjectStore, request: FakeRequest): KubeObject {
  if (request.query.dryRun !== undefined) throw badRequest('this server has no dry run')
  if (request.subresource === 'scale') return operateOnScale(store, request)
  const part = partOf(request)
  if (request.verb === 'get') return store.get(targetOf(request))
  if (request.verb !== 'delete') return write(store, request, part, request.body)
  const { preconditions } = request.body
  return store.delete(targetOf(request), isRecord(preconditions) ? preconditions : {})
}
