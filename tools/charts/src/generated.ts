import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

import { format, resolveConfig } from 'prettier'

import { readAnnotatedValues } from './annotated-values.ts'
import { pathsFile } from './paths.ts'
import { poolLimitsFile } from './pool-limits.ts'
import { readmeOf } from './readme.ts'
import { schemaOf } from './schema.ts'

export const REPOSITORY = resolve(import.meta.dirname, '../../..')

export const CHARTS = ['medqueue', 'medqueue-operator'] as const

/** Every generated file below charts/, with its text. Throws CHART_VALUES. */
export async function generatedFiles(repository = REPOSITORY): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const chart of CHARTS) {
    const folder = join(repository, 'charts', chart)
    const values = readAnnotatedValues(await readFile(join(folder, 'values.yaml'), 'utf8'))
    const head = await readFile(join(folder, 'README.head.md'), 'utf8')
    files.set(join(folder, 'values.schema.json'), await jsonText(schemaOf(chart, values)))
    files.set(join(folder, 'README.md'), readmeOf(head, values))
  }
  files.set(join(repository, 'charts/medqueue/files/paths.yaml'), pathsFile())
  files.set(join(repository, 'charts/medqueue/files/pool-limits.yaml'), poolLimitsFile())
  const definitions = join(repository, 'crds')
  for (const name of (await readdir(definitions)).filter((file) => file.endsWith('.yaml')).sort()) {
    const text = await readFile(join(definitions, name), 'utf8')
    files.set(join(repository, 'charts/medqueue-operator/crds', name), text)
  }
  return files
}

/** JSON as the formatter of the repository has it. */
export async function jsonText(value: unknown): Promise<string> {
  const options = await resolveConfig(join(REPOSITORY, 'package.json'))
  return format(JSON.stringify(value), { ...options, parser: 'json' })
}
