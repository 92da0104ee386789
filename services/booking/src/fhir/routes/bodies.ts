import { isUtf8 } from 'node:buffer'

import type { Service } from '@medqueue/service-kit'

import { checkResource } from '../map/check.ts'
import { InvalidInput } from '../map/invalid-input.ts'
import { readXml } from '../xml/read.ts'
import type { FhirBody } from './http.ts'

const JSON_TYPES = ['application/fhir+json', 'application/json', 'text/json']
const XML_TYPES = ['application/fhir+xml', 'application/xml', 'text/xml']

/** Reads bodies as FHIR: a checked resource, or the form of a search. Nothing else is taken. */
export function readFhirBodies(app: Service): void {
  app.removeAllContentTypeParsers()
  const parse = (types: string[], read: (text: string) => FhirBody) => {
    app.addContentTypeParser(types, { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => {
      if (!isUtf8(body)) throw new InvalidInput('structure', 'The body is not UTF-8')
      return read(body.toString().replace(/^\ufeff/, ''))
    })
  }
  parse(JSON_TYPES, (text) => ({ resource: checkResource(readJson(text)) }))
  parse(XML_TYPES, (text) => ({ resource: checkResource(readXml(text)) }))
  parse(['application/x-www-form-urlencoded'], (text) => ({ form: new URLSearchParams(text) }))
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new InvalidInput('structure', 'The body is not JSON')
  }
}
