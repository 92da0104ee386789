import type { TSchema } from 'typebox'

import { API_GROUP, API_VERSION, type KindDefinition } from '@medqueue/contracts'

import { structural } from './structural.ts'

/** The CustomResourceDefinition of a kind, as it is given to the API server. */
export function definitionOf(kind: KindDefinition, schema: TSchema): object {
  const { plural, singular, shortNames, categories, columns, scale } = kind
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${API_GROUP}` },
    spec: {
      group: API_GROUP,
      scope: 'Namespaced',
      names: { kind: kind.kind, listKind: `${kind.kind}List`, plural, singular, shortNames, categories },
      versions: [
        {
          name: API_VERSION,
          served: true,
          storage: true,
          subresources: { status: {}, ...(scale === undefined ? {} : { scale }) },
          additionalPrinterColumns: columns,
          schema: { openAPIV3Schema: withIdentity(structural(schema)) },
        },
      ],
    },
  }
}

/** Adds what every object has; the API server checks it itself. */
function withIdentity(schema: Record<string, unknown>): object {
  const identity = {
    apiVersion: { type: 'string', description: 'Version of the schema of this object.' },
    kind: { type: 'string', description: 'Kind of this object.' },
    metadata: { type: 'object' },
  }
  return { ...schema, required: ['spec'], properties: { ...identity, ...(schema.properties as object) } }
}
