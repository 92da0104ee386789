import type { Role } from '@medqueue/contracts'
import type { Bundle, FhirResource, OperationOutcome, Parameters, ParametersParameter } from 'fhir/r4.js'
import type { LightMyRequestResponse } from 'fastify'

import { checkResource } from '../../src/fhir/map/check.ts'
import { writeXml } from '../../src/fhir/xml/write.ts'
import { readXml } from '../../src/fhir/xml/read.ts'
import type { World } from '../helpers/world.ts'
import { recordResponse } from './record.ts'

export type Format = 'json' | 'xml'

export interface Asking {
  as?: string
  role?: Role
  format?: Format
  headers?: Record<string, string>
}

export interface Answer {
  status: number
  headers: LightMyRequestResponse['headers']
  text: string
  /** The resource, whichever format it came in; checked against R4's elements. */
  resource: FhirResource
}

export const BASE = 'http://localhost:80/fhir/R4'

/** A FHIR client of the service under test, which speaks either format. */
export function fhirClient(world: World) {
  const headersOf = ({ as, role = 'patient', format = 'json', headers = {} }: Asking) => ({
    accept: `application/fhir+${format}`,
    ...(as === undefined ? {} : { authorization: `Bearer ${world.token(as, role)}` }),
    ...headers,
  })

  const send = async (
    method: 'GET' | 'POST',
    path: string,
    payload: string | undefined,
    asking: Asking,
  ): Promise<Answer> => {
    const response = await world.app.inject({
      method,
      url: `/fhir/R4/${path}`,
      headers: headersOf(asking),
      ...(payload === undefined ? {} : { payload }),
    })
    const answer = answerOf(response)
    recordResponse(path, answer)
    return answer
  }

  return {
    get: async (path: string, asking: Asking = {}) => send('GET', path, undefined, asking),
    /** Sends a resource in the format that is asked for. */
    post: async (path: string, resource: FhirResource, asking: Asking = {}) => {
      const { format = 'json' } = asking
      const body = format === 'xml' ? writeXml(resource) : JSON.stringify(resource)
      const headers = { 'content-type': `application/fhir+${format}`, ...asking.headers }
      return send('POST', path, body, { ...asking, headers })
    },
    postText: async (path: string, text: string, asking: Asking = {}) => send('POST', path, text, asking),
    form: async (path: string, form: Record<string, string>, asking: Asking = {}) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded', ...asking.headers }
      return send('POST', path, new URLSearchParams(form).toString(), { ...asking, headers })
    },
  }
}

export type FhirClient = ReturnType<typeof fhirClient>

function answerOf(response: LightMyRequestResponse): Answer {
  const { statusCode: status, headers, body: text } = response
  const type = String(headers['content-type'])
  if (text === '' || type.includes('ndjson')) {
    return { status, headers, text, resource: { resourceType: 'Parameters' } }
  }
  const value: unknown = type.includes('xml') ? readXml(text) : JSON.parse(text)
  return { status, headers, text, resource: checkResource(value) }
}

/** Parameters of an operation: text as a string, an object as a reference, a resource as it is. */
export function parameters(values: Record<string, Omit<ParametersParameter, 'name'>>): Parameters {
  return {
    resourceType: 'Parameters',
    parameter: Object.entries(values).map(([name, value]) => ({ name, ...value })),
  }
}

/** A parameter that is a resource; the types of FHIR know it only as any resource. */
export const sent = (resource: FhirResource): Omit<ParametersParameter, 'name'> => ({ resource })

export const reference = (target: string): Omit<ParametersParameter, 'name'> => ({
  valueReference: { reference: target },
})

/** The resources of a Bundle that are of the type. */
export function entriesOf<Type extends FhirResource['resourceType']>(
  { resource }: Answer,
  type: Type,
): Extract<FhirResource, { resourceType: Type }>[] {
  const entries = (resource as Bundle).entry ?? []
  const found = entries.map((entry) => entry.resource as FhirResource | undefined)
  return found.filter((each) => each?.resourceType === type) as Extract<
    FhirResource,
    { resourceType: Type }
  >[]
}

/** The issues of an OperationOutcome, or of the one a Bundle holds. */
export function issuesOf(answer: Answer): OperationOutcome['issue'] {
  const { resource } = answer
  if (resource.resourceType === 'OperationOutcome') return resource.issue
  return entriesOf(answer, 'OperationOutcome').flatMap(({ issue }) => issue)
}
