import type { IncomingMessage } from 'node:http'

import { FetchError } from './faults.ts'
import { hop } from './hop.ts'
import type { OutsideWorld } from './world.ts'

export interface FetchLimits {
  bytes: number
  /** Milliseconds for all of it: looking up, connecting, redirects, body. */
  time: number
  redirects: number
}

export const FETCH_LIMITS: FetchLimits = { bytes: 4 * 1024 * 1024, time: 10_000, redirects: 3 }

/** What is known of the last fetch: the server need not send the same again. */
export interface Known {
  etag: string | null
  lastModified: string | null
}

export type Fetched = { kind: 'unchanged' } | ({ kind: 'text'; text: string } & Known)

export interface FetchOptions {
  world: OutsideWorld
  limits?: FetchLimits
  /** Ends the fetch early. */
  stopping?: AbortSignal
}

/**
 * Fetches a calendar from somebody's server, which is not trusted: HTTPS only, only to addresses that the world
 * permits, at each redirect anew; bounded in size, time and redirects; nothing compressed is unpacked. Throws FetchError.
 */
export async function fetchCalendar(
  url: URL,
  known: Known,
  { world, limits = FETCH_LIMITS, stopping }: FetchOptions,
): Promise<Fetched> {
  const time = AbortSignal.timeout(limits.time)
  const signal = stopping === undefined ? time : AbortSignal.any([time, stopping])
  try {
    return await follow(url, known, { world, limits, signal })
  } catch (error) {
    if (error instanceof FetchError) throw error
    throw new FetchError(signal.aborted ? 'timed_out' : 'unreachable', { cause: error })
  }
}

interface Way {
  world: OutsideWorld
  limits: FetchLimits
  signal: AbortSignal
}

async function follow(first: URL, known: Known, { world, limits, signal }: Way): Promise<Fetched> {
  const headers = headersOf(known)
  let url = first
  for (let hops = 0; hops <= limits.redirects; hops++) {
    const response = await hop({ url, headers, world, signal })
    const next = redirectOf(response, url)
    if (next === undefined) return take(response, limits.bytes)
    response.destroy()
    url = next
  }
  throw new FetchError('too_many_redirects')
}

function headersOf({ etag, lastModified }: Known): Record<string, string> {
  return {
    accept: 'text/calendar, text/plain;q=0.5, */*;q=0.1',
    'accept-encoding': 'identity',
    'user-agent': 'Medqueue calendar subscription',
    ...(etag === null ? {} : { 'if-none-match': etag }),
    ...(lastModified === null ? {} : { 'if-modified-since': lastModified }),
  }
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])

function redirectOf({ statusCode, headers: { location } }: IncomingMessage, from: URL): URL | undefined {
  if (statusCode === undefined || !REDIRECTS.has(statusCode)) return undefined
  const next = location === undefined ? null : URL.parse(location, from.href)
  if (next === null) throw new FetchError('status_unexpected')
  return next
}

async function take(response: IncomingMessage, most: number): Promise<Fetched> {
  const { statusCode = 0, headers } = response
  try {
    if (statusCode === 304) return { kind: 'unchanged' }
    if (statusCode !== 200) throw new FetchError(faultOf(statusCode))
    if ((headers['content-encoding'] ?? 'identity') !== 'identity') throw new FetchError('compressed')
    if (Number(headers['content-length'] ?? 0) > most) throw new FetchError('too_long')
    const text = await textOf(response, most)
    return {
      kind: 'text',
      text,
      etag: short(headers.etag),
      lastModified: short(headers['last-modified']),
    }
  } finally {
    response.destroy()
  }
}

function faultOf(status: number) {
  if (status >= 500) return 'status_server_error'
  return status >= 400 ? 'status_client_error' : 'status_unexpected'
}

async function textOf(response: IncomingMessage, most: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > most) throw new FetchError('too_long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** A validator to send back next time; one that is unreasonably long is not kept. */
function short(header: string | undefined): string | null {
  return header === undefined || header.length > 300 ? null : header
}
