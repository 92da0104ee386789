import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { ClusterLayout } from '../layout.ts'
import type { PartOptions } from './parts.ts'

/** What the supervisor reads before it launches a part, so that a restart takes up a change. */
export interface NodeOptions extends PartOptions {
  programs: Record<string, string>
  path: string
}

const fileIn = ({ state }: ClusterLayout) => join(state, 'options.json')

export function writeOptions(layout: ClusterLayout, options: NodeOptions): void {
  const file = fileIn(layout)
  writeFileSync(`${file}.new`, JSON.stringify(options, undefined, 2))
  renameSync(`${file}.new`, file)
}

export function readOptions(layout: ClusterLayout): NodeOptions {
  return JSON.parse(readFileSync(fileIn(layout), 'utf8')) as NodeOptions
}
