import { createHash } from 'node:crypto'

import { CommonErrors, ProblemError, type Service } from '@medqueue/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'

import { contentOf, fileNamed, manifestOf } from '../bulk.ts'
import type { FhirPorts } from '../ports.ts'
import { baseOf, matches } from './http.ts'

/** Clients poll once a minute: for as long a copy is as good as new. */
const FRESH_SECONDS = 60
const FRESH_MS = FRESH_SECONDS * 1000
/** Files are asked for by few, again and again. */
const PER_MINUTE = 120
/** Most bytes of files kept for those who ask within the minute. */
const MOST_KEPT = 64 * 1024 ** 2

interface Kept {
  until: number
  content: Promise<{ body: Buffer; etag: string }>
  size: number
}

/**
 * SMART Scheduling Links: `GET /fhir/R4/$bulk-publish` is the manifest of files with every free slot of two weeks, and
 * with whom and where they are. Open to everybody; there is nothing of patients in it.
 */
export function bulkRoutes(app: Service, ports: FhirPorts): void {
  const options = {
    config: { permission: 'public', rateLimit: { perMinute: PER_MINUTE } },
    schema: { hide: true },
  } as const
  const kept = createKeeper(() => ports.now() * 1000)

  app.get('/$bulk-publish', options, async (request, reply) => {
    const base = baseOf(request)
    const manifest = async () => {
      const directory = await ports.directory()
      return JSON.stringify(manifestOf(directory, { base, now: ports.now() }))
    }
    return sendFile(request, reply, {
      type: 'application/json',
      ...(await kept(`manifest ${base}`, manifest)),
    })
  })

  app.get<{ Params: { file: string } }>('/bulk/:file', options, async (request, reply) => {
    const directory = await ports.directory()
    const file = fileNamed(request.params.file, directory)
    if (file === undefined) throw new ProblemError(CommonErrors.NOT_FOUND)
    const content = () => contentOf(ports, file, directory)
    return sendFile(request, reply, { type: 'application/fhir+ndjson', ...(await kept(file.name, content)) })
  })
}

/** Makes each text at most once a minute, however many ask for it. Names are of files there are, so they are few. */
function createKeeper(nowMs: () => number) {
  const kept = new Map<string, Kept>()
  return (name: string, make: () => Promise<string>): Kept['content'] => {
    const known = kept.get(name)
    if (known !== undefined && known.until > nowMs()) return known.content
    const entry: Kept = { until: nowMs() + FRESH_MS, content: bytesOf(make()), size: 0 }
    kept.delete(name)
    kept.set(name, entry)
    entry.content.then(
      ({ body }) => {
        entry.size = body.length
        dropOldest(kept)
      },
      () => kept.get(name) === entry && kept.delete(name),
    )
    return entry.content
  }
}

async function bytesOf(text: Promise<string>): Kept['content'] {
  const body = Buffer.from(await text)
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` }
}

function dropOldest(kept: Map<string, Kept>): void {
  let total = [...kept.values()].reduce((sum, { size }) => sum + size, 0)
  for (const [name, { size }] of kept) {
    if (total <= MOST_KEPT) return
    kept.delete(name)
    total -= size
  }
}

function sendFile(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { type, body, etag }: { type: string; body: Buffer; etag: string },
): FastifyReply {
  reply.header('cache-control', `public, max-age=${FRESH_SECONDS}`).header('etag', etag)
  if (matches(headers['if-none-match'], etag)) return reply.code(304).send()
  return reply.header('content-type', type).send(body)
}
