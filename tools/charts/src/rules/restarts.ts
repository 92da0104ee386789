import { isDeepStrictEqual } from 'node:util'

import type { KubeObject } from '../manifest.ts'

/** Names of the StatefulSets whose pods end when the second set of objects takes the place of the first. */
export function restartedBy(before: readonly KubeObject[], after: readonly KubeObject[]): string[] {
  const templates = new Map(setsOf(after).map(({ metadata, spec }) => [metadata.name, templateOf(spec)]))
  return setsOf(before)
    .filter(({ metadata, spec }) => !isDeepStrictEqual(templates.get(metadata.name), templateOf(spec)))
    .map(({ metadata }) => metadata.name)
}

/** Names of the StatefulSets among the objects of a chart. */
export const serversOf = (objects: readonly KubeObject[]): string[] =>
  setsOf(objects).map(({ metadata }) => metadata.name)

const setsOf = (objects: readonly KubeObject[]) => objects.filter(({ kind }) => kind === 'StatefulSet')

const templateOf = (spec: unknown) => (spec as { template?: unknown }).template
