import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { findProgram } from '@medqueue/cluster'
import { Compile } from 'typebox/schema'
import { parse } from 'yaml'

import { ChartError } from '../errors.ts'
import { CHARTS } from '../generated.ts'
import { type Mutation, mutationsOf, type Places } from '../mutations.ts'
import { refusedByHelm } from './helm-refuses.ts'
import { chartFolder } from './scenarios.ts'
import type { World } from './steps.ts'

type Json = Record<string, unknown>

/** Every n-th wrong value is also given to Helm itself, which takes a fifth of a second for each. */
const EVERY = 20

/** The schemas accept the defaults and refuse every wrong value that can be made of them. */
export async function checkSchemas({ say, rendered }: World): Promise<string> {
  const helm = await findProgram('helm', say)
  let total = 0
  let byHelm = 0
  for (const chart of CHARTS) {
    const defaults = parse(await readFile(join(chartFolder(chart), 'values.yaml'), 'utf8')) as Json
    const schema = JSON.parse(await readFile(join(chartFolder(chart), 'values.schema.json'), 'utf8')) as Json
    const mutations = mutationsOf(defaults, placesOf(schema))
    const accepted = acceptedOf(schema, defaults, mutations)
    const sample = mutations.filter((_mutation, index) => index % EVERY === 0)
    const kept = await refusedByHelm(helm, chartFolder(chart), sample)
    if (accepted.length + kept.length > 0) {
      const list = [...accepted, ...kept].map(({ what }) => what)
      throw new ChartError('CHART_RULE', `${chart} accepts wrong values: ${list.join('; ')}`)
    }
    total += mutations.length
    byHelm += sample.length
  }
  return `${total} of ${total} wrong values refused, ${byHelm} of them by Helm too, ${rendered.length} right ones accepted`
}

/** The wrong values that the schema accepts. Throws CHART_RULE when it refuses the right ones. */
function acceptedOf(schema: Json, defaults: Json, mutations: readonly Mutation[]): Mutation[] {
  const validator = Compile(schema)
  if (!validator.Check(defaults)) {
    const [, errors] = validator.Errors(defaults)
    throw new ChartError('CHART_RULE', `the schema refuses the defaults: ${JSON.stringify(errors)}`)
  }
  return mutations.filter(({ values }) => validator.Check(merged(defaults, values)))
}

/** Values over values as Helm does it: maps are merged, null takes a key away. */
export function merged(base: Json, over: Json): Json {
  const result: Json = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const below = result[key]
    if (value === null) Reflect.deleteProperty(result, key)
    else if (isRecord(value) && isRecord(below)) result[key] = merged(below, value)
    else result[key] = value
  }
  return result
}

/** Which objects take any key (labels, annotations, environment), and which keys may be left out. */
export function placesOf(schema: Json): Places {
  const at = (path: readonly string[]) => {
    let node = resolved(schema, schema)
    for (const key of path) node = resolved(schema, (node.properties as Json)[key] as Json)
    return node
  }
  return {
    isOpen: (path) => at(path).additionalProperties !== false,
    isOptional: (path) => {
      const required = (at(path.slice(0, -1)).required ?? []) as string[]
      return !required.includes(path.at(-1) ?? '')
    },
  }
}

function resolved(schema: Json, node: Json): Json {
  const [first] = (node.allOf ?? []) as { $ref?: string }[]
  const name = first?.$ref?.replace('#/definitions/', '')
  return name === undefined ? node : ((schema.definitions as Json)[name] as Json)
}

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
