import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { parseAllDocuments } from 'yaml'
import { Value } from 'typebox/value'

import { GROUP_VERSION } from '@medqueue/contracts'

import { KINDS } from './kinds.ts'

export interface Sample {
  file: string
  object: { apiVersion?: unknown; kind?: unknown; metadata?: { name?: unknown }; spec?: unknown }
}

/** Every object of the samples folder. */
export async function readSamples(folder: string): Promise<Sample[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).toSorted()
  const files = await Promise.all(
    names.map(async (file) => ({ file, text: await readFile(join(folder, file), 'utf8') })),
  )
  return files.flatMap(({ file, text }) =>
    parseAllDocuments(text).map((document) => ({ file, object: document.toJS() as Sample['object'] })),
  )
}

/** What is wrong with a sample, or undefined. Defaults are filled in first, as the API server does. */
export function faultOf({ file, object }: Sample): string | undefined {
  const known = KINDS.find(({ kind }) => kind.kind === object.kind)
  if (known === undefined || object.apiVersion !== GROUP_VERSION) return `${file}: unknown kind`
  const { properties } = known.schema as unknown as { properties: { spec: object } }
  const filled = Value.Default(properties.spec, structuredClone(object.spec))
  const [error] = Value.Errors(properties.spec, filled)
  return error === undefined ? undefined : `${file}: spec${error.instancePath} ${error.message}`
}
