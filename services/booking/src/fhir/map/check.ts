import type { FhirResource } from 'fhir/r4.js'

import { InvalidInput } from './invalid-input.ts'
import { isOfPrimitive } from './primitives.ts'
import { type Element, elementsIn, RESOURCE_TYPES } from './schema/types.ts'

type Json = Record<string, unknown>

/** Resources that clients send are flat; what is deeper is no appointment. */
const DEEPEST = 24

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * A resource as it was sent, with each element's name, cardinality and form checked, and without narrative and
 * extensions of primitive values, which nothing here reads. Throws InvalidInput for what is not R4, and for modifier
 * extensions: who does not know them must not go on.
 */
export function checkResource(value: unknown): FhirResource {
  return resource(value, '', 0) as unknown as FhirResource
}

function resource(value: unknown, path: string, depth: number): Json {
  if (!isObject(value)) throw new InvalidInput('structure', 'A resource is an object', path)
  const { resourceType, ...members } = value
  if (typeof resourceType !== 'string' || !RESOURCE_TYPES.has(resourceType)) {
    throw new InvalidInput('not-supported', 'There is no such resource here', `${path}resourceType`)
  }
  return { resourceType, ...complex(members, resourceType, path === '' ? resourceType : path, depth) }
}

function complex(value: unknown, type: string, path: string, depth: number): Json {
  if (!isObject(value)) throw new InvalidInput('structure', `${type} is an object`, path)
  if (depth > DEEPEST) throw new InvalidInput('structure', 'It is nested too deep', path)
  const elements = elementsIn(type) ?? []
  refuseUnknown(value, elements, path)
  const checked: Json = {}
  for (const element of elements) {
    const found = value[element.name]
    if (found === undefined || element.type === 'Narrative') continue
    refuseModifier(element, path)
    checked[element.name] = one(found, element, `${path}.${element.name}`, depth)
  }
  refuseMissing(checked, elements, path)
  return checked
}

function one(found: unknown, element: Element, path: string, depth: number): unknown {
  if (!element.many) return item(found, element.type, path, depth)
  if (!Array.isArray(found) || found.length === 0) {
    throw new InvalidInput('structure', 'This is a list of at least one', path)
  }
  return found.map((each, index) => item(each, element.type, `${path}[${index}]`, depth))
}

function item(value: unknown, type: string, path: string, depth: number): unknown {
  if (type === 'Resource') return resource(value, path, depth + 1)
  const fits = isOfPrimitive(type, value)
  if (fits === undefined) return complex(value, type, path, depth + 1)
  if (!fits) throw new InvalidInput('value', `This is not a valid ${type}`, path)
  return value
}

function refuseUnknown(value: Json, elements: readonly Element[], path: string): void {
  for (const name of Object.keys(value)) {
    // `_name` holds the extensions of a primitive value.
    const known = elements.some((element) => element.name === name || `_${element.name}` === name)
    if (!known)
      throw new InvalidInput('structure', 'There is no such element', `${path}.${name.slice(0, 64)}`)
  }
}

function refuseModifier({ name }: Element, path: string): void {
  if (name !== 'modifierExtension' && name !== 'implicitRules') return
  throw new InvalidInput(
    'extension',
    'What changes the meaning of a resource is not known here',
    `${path}.${name}`,
  )
}

function refuseMissing(checked: Json, elements: readonly Element[], path: string): void {
  const choices = new Map<string, number>()
  for (const { name, choice, required } of elements) {
    const there = checked[name] !== undefined
    if (choice !== undefined) choices.set(choice, (choices.get(choice) ?? 0) + Number(there))
    else if (required && !there) throw new InvalidInput('required', 'This is missing', `${path}.${name}`)
  }
  for (const [choice, count] of choices) {
    if (count > 1)
      throw new InvalidInput('structure', 'There may be only one of these', `${path}.${choice}[x]`)
  }
}
