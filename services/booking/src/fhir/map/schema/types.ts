import { ANY_TYPES, DATATYPES } from './datatypes.ts'
import { RESOURCES } from './resources.ts'

/** One element of a type. A choice, such as `value[x]`, is one element for each of its types. */
export interface Element {
  /** As JSON and XML name it: `valueDateTime`. */
  name: string
  type: string
  required: boolean
  many: boolean
  /** The name of the choice it belongs to, such as `value`. */
  choice?: string
}

const BASES: Readonly<Record<string, string>> = {
  Element: 'id:id extension:Extension*',
  BackboneElement: 'id:id extension:Extension* modifierExtension:Extension*',
  Resource: 'id:id meta:Meta implicitRules:uri language:code',
  DomainResource:
    'id:id meta:Meta implicitRules:uri language:code text:Narrative contained:Resource* ' +
    'extension:Extension* modifierExtension:Extension*',
}

const ELEMENT = /^(\w+)(\[x\])?:([\w.|]+)(!?)(\*?)$/

function elementsOf(word: string): Element[] {
  const [, name = '', isChoice, types = '', min, max] = ELEMENT.exec(word) ?? []
  const shape = { required: min === '!', many: max === '*' }
  if (isChoice === undefined) return [{ name, type: types, ...shape }]
  const list = types === 'any' ? ANY_TYPES.split(' ') : types.split('|')
  return list.map((type) => {
    return { name: name + type.charAt(0).toUpperCase() + type.slice(1), type, ...shape, choice: name }
  })
}

function read(table: string): [string, Element[]][] {
  return table
    .trim()
    .split(/\n(?= {2}\S)/)
    .map((block) => {
      const [, name = '', base = '', words = ''] = /^(\S+) < (\w+)\s+([^]*)$/.exec(block.trim()) ?? []
      const all = `${BASES[base] ?? ''} ${words}`.trim().split(/\s+/)
      return [name, all.flatMap(elementsOf)]
    })
}

const TYPES: ReadonlyMap<string, readonly Element[]> = new Map([...read(RESOURCES), ...read(DATATYPES)])

/** Every resource that is spoken here. */
export const RESOURCE_TYPES: ReadonlySet<string> = new Set(
  [...RESOURCES.matchAll(/^ {2}(\w+) < (Domain)?Resource$/gm)].map(([, name = '']) => name),
)

/** The elements of a complex type in order, or undefined for a primitive one. */
export function elementsIn(type: string): readonly Element[] | undefined {
  return TYPES.get(type)
}
