import { createHash } from 'node:crypto'

import type { FhirResource } from 'fhir/r4.js'
import type { FastifyReply, FastifyRequest } from 'fastify'

import { InvalidInput } from '../map/invalid-input.ts'
import { writeXml } from '../xml/write.ts'
import type { Format } from './format.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The format of the answer; set for requests to the FHIR API. */
    fhirFormat: Format
  }
}

/** Where the API lives. */
export const FHIR_PATH = '/fhir/R4'

/** A body as the API's parsers leave it. */
export type FhirBody = { resource: FhirResource } | { form: URLSearchParams }

/** The absolute address of the API, as the client knows it. */
export function baseOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}${FHIR_PATH}`
}

/** The query of the address, each parameter as often as it is there. */
export function queryOf(request: FastifyRequest): URLSearchParams {
  const { url } = request
  const mark = url.indexOf('?')
  return new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
}

/** The parameters of a search: of the query, and of the form when it was posted. */
export function searchParamsOf(request: FastifyRequest): URLSearchParams {
  const params = queryOf(request)
  const body = request.body as FhirBody | undefined | null
  if (body === undefined || body === null) return params
  if (!('form' in body)) throw new InvalidInput('invalid', 'A search is posted as a form')
  for (const [name, value] of body.form) params.append(name, value)
  return params
}

/** The resource that was sent. Throws InvalidInput when there is none. */
export function resourceOf(request: FastifyRequest): FhirResource {
  const body = request.body as FhirBody | undefined | null
  if (body === undefined || body === null || !('resource' in body)) {
    throw new InvalidInput('required', 'The body is a resource in JSON or XML')
  }
  return body.resource
}

/** True when the client would rather have an error than a parameter left out. */
export const isStrict = (request: FastifyRequest): boolean =>
  /(?:^|[,;\s])handling=strict/i.test(String(request.headers.prefer ?? ''))

/** Answers with a resource, in the format that was asked for. */
export function sendResource(
  request: FastifyRequest,
  reply: FastifyReply,
  resource: FhirResource,
): FastifyReply {
  const format = request.fhirFormat
  const text = format === 'xml' ? writeXml(resource) : JSON.stringify(resource)
  // As bytes: so that the type is not touched.
  return reply
    .header('content-type', `application/fhir+${format}; charset=utf-8`)
    .header('vary', 'Accept')
    .send(Buffer.from(text))
}

/** Answers with one record: its version is its ETag, and a client that has it gets 304. */
export function sendRecord(
  request: FastifyRequest,
  reply: FastifyReply,
  resource: FhirResource,
): FastifyReply {
  const etag = etagOf(resource)
  reply.header('etag', etag)
  if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send()
  return sendResource(request, reply, resource)
}

/** Weak, as FHIR wants it. What has no version is told apart by its content. */
export function etagOf(resource: FhirResource): string {
  const version = resource.meta?.versionId
  return `W/"${version ?? createHash('sha256').update(JSON.stringify(resource)).digest('base64url').slice(0, 22)}"`
}

/** True when a list of ETags, as in If-None-Match, has this one. */
export function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header.trim() === '*' || header.split(',').some((each) => bare(each) === bare(etag))
}

const bare = (etag: string) => etag.trim().replace(/^W\//, '')
