import type { KubeClient, KubeObject, ObjectKey, Resource } from '@medqueue/operator-kit'

/** An object of the chart: whoever made it owns its spec. */
export type Owned = KubeObject & { spec: object }

/** Who owns fields, and whether by applying them. */
export interface Owner {
  manager: string
  operation: string
}

/** The one who owns the spec as a whole; undefined when nobody is told of. */
export function ownerOf({ metadata }: KubeObject): Owner | undefined {
  const entries = (metadata.managedFields ?? []) as (Owner & { fieldsV1?: Record<string, unknown> })[]
  const owners = entries.filter(({ fieldsV1 = {} }) => 'f:spec' in fieldsV1)
  const owner = owners.find(({ operation }) => operation === 'Apply') ?? owners[0]
  return owner === undefined ? undefined : { manager: owner.manager, operation: owner.operation }
}

/**
 * Writes another spec in the name of the object's owner, or makes the object anew with it: a field that belonged to
 * somebody else would be a conflict at the owner's next upgrade.
 */
export async function writeSpec(client: KubeClient, resource: Resource, object: Owned): Promise<void> {
  const { apiVersion, kind, spec } = object
  const { name, namespace = '', labels = {}, annotations = {} } = object.metadata
  const key: ObjectKey = { namespace, name }
  const owner = ownerOf(object)
  const options = owner === undefined ? {} : { fieldManager: owner.manager }
  const intent = { apiVersion, kind, metadata: { name, namespace, labels, annotations }, spec }
  if (owner?.operation === 'Apply') await client.apply(resource, intent, options)
  else if ((await client.find(resource, key)) === undefined) {
    await client.create(resource, intent, options)
  } else await client.patch(resource, key, { spec }, options)
}
