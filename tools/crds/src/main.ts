/**
 * `make generate-crds`: writes crds/*.yaml from the schemas in packages/contracts. With `--check` it writes nothing and
 * fails when a file is out of date, or a sample does not fit its schema.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'

import { crdFiles } from './files.ts'
import { faultOf, readSamples } from './samples.ts'

const folder = resolve(import.meta.dirname, '../../../crds')

async function check(): Promise<string[]> {
  const stale = [...crdFiles()].map(async ([name, text]) => {
    const now = await readFile(resolve(folder, name), 'utf8').catch(() => '')
    return now === text ? [] : [`crds/${name} is out of date: run \`make generate-crds\``]
  })
  const samples = await readSamples(resolve(folder, 'samples'))
  if (samples.length === 0) return ['crds/samples holds no sample']
  return [...(await Promise.all(stale)).flat(), ...samples.flatMap((sample) => faultOf(sample) ?? [])]
}

async function write(): Promise<string[]> {
  await mkdir(folder, { recursive: true })
  await Promise.all([...crdFiles()].map(([name, text]) => writeFile(resolve(folder, name), text)))
  return []
}

const faults = process.argv.includes('--check') ? await check() : await write()
for (const fault of faults) console.error(fault)
process.exitCode = faults.length === 0 ? 0 : 1
