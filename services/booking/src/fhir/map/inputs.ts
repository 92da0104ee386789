import type { FhirResource, Identifier, Parameters, Reference } from 'fhir/r4.js'

import { InvalidInput } from './invalid-input.ts'

/** One parameter of an operation, from a Parameters resource or from a query. */
export interface Input {
  name: string
  /** Of a primitive value. */
  text?: string
  reference?: Reference
  identifier?: Identifier
  resource?: FhirResource
}

const MOST_INPUTS = 100

/** The parameters of an operation sent as a resource. Throws InvalidInput for anything but Parameters. */
export function inputsOf(resource: FhirResource): Input[] {
  if (resource.resourceType !== 'Parameters') {
    throw new InvalidInput('structure', 'An operation takes Parameters', 'resourceType')
  }
  const { parameter = [] } = resource
  refuseMany(parameter.length)
  return parameter.map(inputOf)
}

function inputOf(parameter: NonNullable<Parameters['parameter']>[number]): Input {
  const { name, resource, valueReference, valueIdentifier, ...values } = parameter
  const text = Object.entries(values)
    .map(([key, value]) => textIn(key, value))
    .find((found) => found !== undefined)
  return {
    name,
    ...(text === undefined ? {} : { text }),
    ...(valueReference === undefined ? {} : { reference: valueReference }),
    ...(valueIdentifier === undefined ? {} : { identifier: valueIdentifier }),
    ...(resource === undefined ? {} : { resource: resource as FhirResource }),
  }
}

/** The text of a simple `value[x]`, or undefined for anything else. */
function textIn(key: string, value: unknown): string | undefined {
  if (!key.startsWith('value')) return undefined
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** The same from a query, where a reference is text. */
export function inputsOfQuery(params: URLSearchParams): Input[] {
  refuseMany(params.size)
  return [...params]
    .filter(([name]) => name !== '_format' && name !== '_pretty')
    .map(([name, text]) => ({ name, text, reference: { reference: text } }))
}

function refuseMany(count: number): void {
  if (count > MOST_INPUTS) throw new InvalidInput('invalid', 'There are too many parameters')
}

/** Throws InvalidInput for a parameter the operation does not have. */
export function refuseOthers(inputs: readonly Input[], known: readonly string[]): void {
  const other = inputs.find(({ name }) => !known.includes(name))
  if (other === undefined) return
  throw new InvalidInput('not-supported', 'The operation has no such parameter', other.name.slice(0, 64))
}

/** The one parameter of that name, or undefined. Throws InvalidInput when there are more. */
export function inputNamed(inputs: readonly Input[], name: string): Input | undefined {
  const found = inputs.filter((input) => input.name === name)
  if (found.length > 1) throw new InvalidInput('structure', 'This may be there only once', name)
  return found[0]
}

/** The text of a parameter, or undefined when it is not there. Throws InvalidInput when it is no text. */
export function textNamed(inputs: readonly Input[], name: string): string | undefined {
  const input = inputNamed(inputs, name)
  if (input !== undefined && input.text === undefined) {
    throw new InvalidInput('structure', 'This is a simple value', name)
  }
  return input?.text
}
