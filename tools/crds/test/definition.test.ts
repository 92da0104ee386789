import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'

import test from 'ava'
import { Type } from 'typebox'
import { parse } from 'yaml'

import { crdFiles } from '../src/files.ts'
import { faultOf, readSamples } from '../src/samples.ts'
import { NotStructuralError, structural } from '../src/structural.ts'

const folder = resolve(import.meta.dirname, '../../../crds')

type Node = Record<string, unknown> & { properties?: Record<string, Node>; items?: Node }

function* nodes(node: Node, path: string): Generator<[string, Node]> {
  yield [path, node]
  for (const [name, one] of Object.entries(node.properties ?? {})) yield* nodes(one, `${path}.${name}`)
  if (node.items !== undefined) yield* nodes(node.items, `${path}[]`)
}

interface Version {
  schema: { openAPIV3Schema: Node }
  subresources: object
}
const versionOf = (text: string) => (parse(text) as { spec: { versions: [Version] } }).spec.versions[0]

test('the files in crds are what the schemas say', async (t) => {
  for (const [name, text] of crdFiles()) t.is(await readFile(resolve(folder, name), 'utf8'), text)
})

test('every field is explained', (t) => {
  for (const [name, text] of crdFiles()) {
    for (const [path, node] of nodes(versionOf(text).schema.openAPIV3Schema, '')) {
      if (path !== '.metadata') t.regex(String(node.description), /^[A-Z].*\.$/, `${name}${path}`)
    }
  }
})

test('a field with a default need not be written', (t) => {
  for (const [name, text] of crdFiles()) {
    for (const [path, node] of nodes(versionOf(text).schema.openAPIV3Schema, '')) {
      const required = (node.required ?? []) as string[]
      for (const field of required) t.false('default' in (node.properties?.[field] ?? {}), `${name}${path}`)
    }
  }
})

test('the status is written apart from the spec', (t) => {
  for (const [, text] of crdFiles()) t.true('status' in versionOf(text).subresources)
})

test('a pool can be scaled by its floor', (t) => {
  const text = crdFiles().get('bookingworkerpools.medqueue.dev.yaml') ?? ''
  t.like(versionOf(text).subresources, { scale: { specReplicasPath: '.spec.minReplicas' } })
})

test('every sample fits its schema', async (t) => {
  const samples = await readSamples(resolve(folder, 'samples'))
  t.true(samples.length >= 4)
  for (const sample of samples) t.is(faultOf(sample), undefined)
})

test('a sample that does not fit is told by its field', (t) => {
  const object = {
    apiVersion: 'medqueue.dev/v1alpha1',
    kind: 'BookingQueue',
    spec: { stream: 'S', partitions: 0 },
  }
  t.regex(faultOf({ file: 'one.yaml', object }) ?? '', /one\.yaml: spec\/partitions/)
})

const refuses = test.macro((t, schema: Parameters<typeof structural>[0], message: RegExp) => {
  t.throws(() => structural(schema), { instanceOf: NotStructuralError, message })
})

const described = { description: 'A thing.' }
test(
  'a field without a description is refused',
  refuses,
  Type.Object({ a: Type.Boolean() }, described),
  /\.a has no d/,
)
test('a text without a bound is refused', refuses, Type.String(described), /has no maxLength/)
test(
  'a list without a bound is refused',
  refuses,
  Type.Array(Type.Boolean(described), described),
  /has no maxItems/,
)
test(
  'a choice of schemas is refused',
  refuses,
  Type.Union([Type.Boolean(described), Type.Integer(described)], described),
  /has no type/,
)
test(
  'a keyword that the API server does not know is refused',
  refuses,
  Type.Object({}, { ...described, additionalProperties: false }),
  /additionalProperties/,
)
