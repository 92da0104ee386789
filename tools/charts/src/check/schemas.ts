import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Say } from '@medqueue/cluster'
import { cacheFolder, findGo, run, unpackWheel } from '@medqueue/servers'
import { parse } from 'yaml'

import { chartFolder } from './scenarios.ts'

/** Kubernetes' own JSON Schemas of many versions, strict ones too. */
const WHEEL = 'kubernetes-validate==1.37.0'
/** Brings the definitions of ServiceMonitor and PrometheusRule. */
const MONITORING = 'github.com/prometheus-operator/prometheus-operator@v0.85.0'
const MONITORED = ['servicemonitors', 'prometheusrules']

/** The oldest that the charts support, the one of the local cluster, and the newest there is. */
export const KUBERNETES_VERSIONS = ['1.30.0', '1.34.0', '1.37.0'] as const

type Json = Record<string, unknown>

/**
 * The folder with the schemas of each version, `v1.34.0/deployment-apps-v1.json`, and of custom kinds,
 * `custom/bookingqueue_v1alpha1.json`. Kubernetes' are fetched once into the cache.
 */
export async function schemaFolder(say: Say): Promise<string> {
  const folder = join(cacheFolder(), 'schemas', 'kubernetes-1.37.0-a')
  if (!existsSync(folder)) await fetchSchemas(folder, say)
  // Our own kinds change with the repository.
  for (const text of await definitionsIn(join(chartFolder('medqueue-operator'), 'crds'), () => true)) {
    await writeCustom(join(folder, 'custom'), text)
  }
  return folder
}

async function fetchSchemas(folder: string, say: Say): Promise<void> {
  say("fetching Kubernetes' schemas")
  await mkdir(cacheFolder(), { recursive: true })
  const scratch = await mkdtemp(join(cacheFolder(), 'fetch-'))
  try {
    await unpackWheel(WHEEL, scratch, say)
    const made = join(scratch, 'made')
    for (const version of KUBERNETES_VERSIONS) {
      const from = join(scratch, 'kubernetes_validate/kubernetes-json-schema', `v${version}-local-strict`)
      await flatten(from, join(made, `v${version}`))
    }
    for (const text of await monitoringDefinitions(scratch)) await writeCustom(join(made, 'custom'), text)
    await mkdir(join(folder, '..'), { recursive: true })
    await rename(made, folder)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Each schema with the definitions that it refers to, in one file: the validator follows no path between files. */
async function flatten(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  const shared = JSON.parse(await readFile(join(from, '_definitions.json'), 'utf8')) as { $defs: Json }
  for (const file of await readdir(from)) {
    // Only what can be applied, with a group or a version in its name.
    if (!/^[a-z]+(-[a-z0-9]+)*-v\d+\.json$/.test(file)) continue
    const text = (await readFile(join(from, file), 'utf8')).replaceAll('/api/_definitions.json#', '#')
    const schema = JSON.parse(text) as Json
    await writeFile(join(to, file), JSON.stringify({ ...schema, $defs: reachable(schema, shared.$defs) }))
  }
}

function reachable(schema: Json, definitions: Json): Json {
  const found: Json = {}
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const { $ref } = node as { $ref?: unknown }
    const name = typeof $ref === 'string' ? $ref.slice($ref.lastIndexOf('/') + 1) : undefined
    if (name !== undefined && !(name in found)) {
      found[name] = definitions[name]
      visit(definitions[name])
    }
    Object.values(node).forEach(visit)
  }
  visit(schema)
  return found
}

async function monitoringDefinitions(scratch: string): Promise<string[]> {
  const { file, env } = await findGo(scratch)
  const answer = await run(file, ['mod', 'download', '-json', MONITORING], { env, cwd: scratch })
  const { Dir } = JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)) as {
    Dir: string
  }
  return definitionsIn(join(Dir, 'example/prometheus-operator-crd'), (name) =>
    MONITORED.some((plural) => name.includes(`_${plural}.`)),
  )
}

async function definitionsIn(folder: string, wanted: (name: string) => boolean): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml') && wanted(name))
  return Promise.all(names.map(async (name) => readFile(join(folder, name), 'utf8')))
}

interface Definition {
  spec: {
    names: { kind: string }
    versions: { name: string; schema: { openAPIV3Schema: Json } }[]
  }
}

async function writeCustom(folder: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const { spec } = parse(text) as Definition
  for (const { name, schema } of spec.versions) {
    const file = join(folder, `${spec.names.kind.toLowerCase()}_${name}.json`)
    await writeFile(file, JSON.stringify(closed(schema.openAPIV3Schema, true)))
  }
}

/** The schema of a definition with unknown fields forbidden, as the API server has them pruned. */
function closed(node: unknown, isRoot = false): unknown {
  if (Array.isArray(node)) return node.map((one) => closed(one))
  if (typeof node !== 'object' || node === null) return node
  const schema = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]))
  const isClosed = 'properties' in node && !('additionalProperties' in node) && !isRoot
  const isFree = 'x-kubernetes-preserve-unknown-fields' in node
  // `metadata` and the like have a type and no properties: what they hold is checked elsewhere.
  return isClosed && !isFree ? { ...schema, additionalProperties: false } : schema
}
