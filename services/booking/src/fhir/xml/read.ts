import { type SaxesAttributeNS, SaxesParser, type SaxesTagNS } from 'saxes'

import { InvalidInput } from '../map/invalid-input.ts'
import { fromText } from '../map/primitives.ts'
import { type Element, elementsIn, RESOURCE_TYPES } from '../map/schema/types.ts'
import { isAttribute } from './write.ts'

type Json = Record<string, unknown>

/** An element that is open while the text is read. */
interface Open {
  /** Undefined: what is inside is not read (narrative, extensions of primitive values). */
  type: string | undefined
  value: Json
  /** A wrapper such as `<resource>`, whose child is the value. */
  holds?: Element
  isResource: boolean
}

const NAMESPACE = 'http://hl7.org/fhir'
const DEEPEST = 64
/** Attributes any XML tool may add. */
const HARMLESS = /^(xmlns(:.*)?|xsi:schemaLocation|xml:lang|xml:id)$/

/**
 * The JSON form of a resource in XML, for `checkResource` to check. Document types, and with them entities of one's
 * own, are refused unread. Throws InvalidInput.
 */
export function readXml(text: string): unknown {
  const parser = new SaxesParser({ xmlns: true })
  const open: Open[] = []
  let root: Json | undefined

  parser.on('doctype', () => {
    throw new InvalidInput('structure', 'A document type is not allowed')
  })
  parser.on('error', (error) => {
    throw new InvalidInput('structure', `The XML is not well formed: ${error.message}`)
  })
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding === undefined || /^(utf-?8|us-ascii)$/i.test(encoding)) return
    throw new InvalidInput('structure', 'The XML is not UTF-8')
  })
  parser.on('opentag', (tag) => {
    if (open.length >= DEEPEST) throw new InvalidInput('structure', 'It is nested too deep')
    const opened = opening(tag, open.at(-1))
    root ??= opened.value
    open.push(opened)
  })
  parser.on('closetag', () => void open.pop())
  const refuseText = (found: string) => {
    if (open.at(-1)?.type === undefined || found.trim() === '') return
    throw new InvalidInput('structure', 'Values are attributes: there is text between the elements')
  }
  parser.on('text', refuseText)
  parser.on('cdata', refuseText)
  parser.write(text).close()
  return root
}

function opening(tag: SaxesTagNS, parent: Open | undefined): Open {
  if (parent === undefined || parent.holds !== undefined) return openResource(tag, parent)
  if (parent.type === undefined) return SKIPPED
  const element = elementOf(tag, parent.type, parent.isResource)
  return element.type === 'Narrative' ? SKIPPED : openElement(tag, element, parent)
}

function elementOf({ local, uri }: SaxesTagNS, type: string, isResource: boolean): Element {
  const element = elementsIn(type)?.find(({ name }) => name === local)
  const isElement = element !== undefined && (isResource || !isAttribute(element, type))
  if (isElement && uri === NAMESPACE) return element
  throw new InvalidInput('structure', 'There is no such element', `${type}.${local.slice(0, 64)}`)
}

const SKIPPED: Open = { type: undefined, value: {}, isResource: false }

function openResource({ local, uri, attributes }: SaxesTagNS, parent: Open | undefined): Open {
  if (uri !== NAMESPACE || !RESOURCE_TYPES.has(local)) {
    throw new InvalidInput('not-supported', 'There is no such resource here', local.slice(0, 64))
  }
  refuseAttributes(attributes, [], local)
  const value = { resourceType: local }
  if (parent?.holds !== undefined) add(parent.value, parent.holds, value)
  return { type: local, value, isResource: true }
}

function openElement({ attributes }: SaxesTagNS, element: Element, parent: Open): Open {
  const { name, type } = element
  if (type === 'Resource') {
    refuseAttributes(attributes, [], name)
    return { type, value: parent.value, holds: element, isResource: false }
  }
  const elements = elementsIn(type)
  if (elements === undefined) {
    refuseAttributes(attributes, ['value', 'id'], name)
    const text = attributes.value?.value
    if (text !== undefined) add(parent.value, element, fromText(type, text))
    return SKIPPED
  }
  const own = elements.filter((each) => isAttribute(each, type)).map((each) => each.name)
  refuseAttributes(attributes, own, name)
  const value: Json = {}
  for (const each of own) if (attributes[each] !== undefined) value[each] = attributes[each].value
  add(parent.value, element, value)
  return { type, value, isResource: false }
}

function refuseAttributes(
  attributes: Record<string, SaxesAttributeNS>,
  allowed: readonly string[],
  element: string,
): void {
  const found = Object.keys(attributes).find((name) => !allowed.includes(name) && !HARMLESS.test(name))
  if (found !== undefined) {
    throw new InvalidInput('structure', 'There is no such attribute', `${element}.${found.slice(0, 64)}`)
  }
}

function add(target: Json, { name, many }: Element, value: unknown): void {
  const before = target[name]
  if (many && before !== undefined) (before as unknown[]).push(value)
  else if (before === undefined) target[name] = many ? [value] : value
  else throw new InvalidInput('structure', 'This may be there only once', name)
}
