import { type Static, Type } from 'typebox'

import { CommonErrors } from './errors.ts'
import type { Service } from './types.ts'

export type ReadinessChecks = Record<string, () => Promise<void>>

const CHECK_TIMEOUT_MS = 2_000
/** Probes closer together than this share one round of checks, so nobody can load the database through /readyz. */
const FRESH_MS = 500

const Health = Type.Object({ status: Type.Literal('ok') })

/**
 * `/livez`, `/readyz` and `/metrics`: public, without rate limit, not in the OpenAPI document. Ready is who has passed
 * every check once and is not draining. What fails later is named and no reason to go: replicas share what they check, so
 * all of them would leave at once, and callers would get a bare 503 of the ingress instead of what can still be done.
 */
export function addHealthRoutes(app: Service, checks: ReadinessChecks): void {
  const config = { permission: 'public', rateLimit: false, prompt: true } as const
  const schema = { hide: true, response: { 200: Health } } as const
  const failing = sharedRounds(checks)
  let wasReady = false

  app.get('/livez', { config, schema }, () => ({ status: 'ok' }) satisfies Static<typeof Health>)

  app.get('/readyz', { config, schema: { hide: true } }, async (request, reply) => {
    const { draining } = app.lifecycle
    const names = draining ? ['draining'] : await failing()
    wasReady ||= names.length === 0
    if (names.length === 0) return { status: 'ok' as const }
    if (wasReady && !draining) return { status: 'degraded' as const, failing: names }
    const { type, title, status, code } = CommonErrors.UNAVAILABLE
    const { traceId } = request.trace
    return reply
      .code(503)
      .headers({
        'content-type': 'application/problem+json',
        'retry-after': '2',
        'cache-control': 'no-store',
      })
      .send(Buffer.from(JSON.stringify({ type, title, status, code, traceId, failing: names })))
  })

  app.get('/metrics', { config, schema: { hide: true } }, async (_request, reply) => {
    const { registry } = app.metrics
    return reply.header('content-type', registry.contentType).send(await registry.metrics())
  })
}

/** Runs the checks, at most one round at a time, and gives the names of those that failed. */
function sharedRounds(checks: ReadinessChecks): () => Promise<string[]> {
  let round: Promise<string[]> | undefined
  return async () => {
    round ??= failingOf(checks).finally(() => setTimeout(() => (round = undefined), FRESH_MS).unref())
    return round
  }
}

async function failingOf(checks: ReadinessChecks): Promise<string[]> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => ((await passes(check)) ? [] : [name])),
  )
  return results.flat()
}

async function passes(check: () => Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_TIMEOUT_MS)
  })
  const result = (async () => check())().then(
    () => true,
    () => false,
  )
  return Promise.race([result, late]).finally(() => clearTimeout(timer))
}
