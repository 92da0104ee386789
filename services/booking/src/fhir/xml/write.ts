import type { FhirResource } from 'fhir/r4.js'

import { type Element, elementsIn } from '../map/schema/types.ts'

type Json = Record<string, unknown>

const NAMESPACE = 'http://hl7.org/fhir'

/** A resource as XML, in the order of its definition. Throws a TypeError for an element it does not know: a bug. */
export function writeXml(resource: FhirResource): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${resourceXml(resource as unknown as Json, ` xmlns="${NAMESPACE}"`)}`
}

function resourceXml({ resourceType, ...members }: Json, attributes: string): string {
  const type = String(resourceType)
  return `<${type}${attributes}>${content(members, type, true)}</${type}>`
}

/** The children of a value of a complex type. The id of a resource is an element, any other an attribute. */
function content(members: Json, type: string, isResource: boolean): string {
  const elements = elementsIn(type) ?? []
  const unknown = Object.keys(members).find((name) => !elements.some((element) => element.name === name))
  if (unknown !== undefined) throw new TypeError(`${type} has no element ${unknown}`)
  return elements
    .filter((element) => isResource || !isAttribute(element, type))
    .flatMap((element) => valuesOf(members[element.name]).map((value) => elementXml(element, value)))
    .join('')
}

function valuesOf(value: unknown): unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

/** Of an element that is no resource. */
export function isAttribute({ name }: Element, type: string): boolean {
  return name === 'id' || (name === 'url' && type === 'Extension')
}

function elementXml({ name, type }: Element, value: unknown): string {
  if (type === 'Resource') return `<${name}>${resourceXml(value as Json, '')}</${name}>`
  if (elementsIn(type) === undefined) return `<${name} value="${escaped(String(value))}"/>`
  const members = value as Json
  const attributes = (elementsIn(type) ?? [])
    .filter((element) => isAttribute(element, type) && members[element.name] !== undefined)
    .map((element) => ` ${element.name}="${escaped(String(members[element.name]))}"`)
    .join('')
  return `<${name}${attributes}>${content(members, type, false)}</${name}>`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** For an attribute: line ends and tabs would come back as spaces. */
function escaped(text: string): string {
  return text.replaceAll(/[&<>"\t\n\r]/g, (sign) => ENTITIES[sign] ?? `&#${sign.charCodeAt(0)};`)
}
