import { stringify } from 'yaml'

import { API_GROUP } from '@medqueue/contracts'

import { definitionOf } from './definition.ts'
import { KINDS } from './kinds.ts'

const HEADER =
  '# Generated from packages/contracts/src/kubernetes by `make generate-crds`: change it there.\n'

/** The files of `crds/` by name. */
export function crdFiles(): Map<string, string> {
  return new Map(
    KINDS.map(({ kind, schema }) => [
      `${kind.plural}.${API_GROUP}.yaml`,
      HEADER + stringify(definitionOf(kind, schema), { lineWidth: 110, aliasDuplicateObjects: false }),
    ]),
  )
}
