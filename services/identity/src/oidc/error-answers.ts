import type { Context, Provider } from 'oidc-provider'
import type { FastifyBaseLogger } from 'fastify'

import { isDependencyDown } from '@medqueue/service-kit'

import { errorPage } from './pages.ts'

export interface OAuthError {
  error: string
  error_description?: string
}

const UNAVAILABLE: OAuthError = {
  error: 'temporarily_unavailable',
  error_description: 'The log-in service cannot answer now. Try again in a moment.',
}
const BROKEN: OAuthError = {
  error: 'server_error',
  error_description: 'Something went wrong on our side.',
}
const NUL: OAuthError = {
  error: 'invalid_request',
  error_description: 'A parameter holds a NUL character.',
}
const RETRY_AFTER = '2'

/** An error as a page for people, or as RFC 6749 has it for programs that ask for JSON. */
export function renderError(ctx: Context, out: OAuthError): void {
  if (ctx.status === 503) answer(ctx, UNAVAILABLE)
  else answer(ctx, out.error === BROKEN.error ? BROKEN : out)
}

/** Errors that are nobody's fault become 503 with Retry-After; the rest of what is unexpected is logged. */
export function answerServerErrors(provider: Provider, logger: FastifyBaseLogger): void {
  provider.on('server_error', (ctx: Context, error: Error) => refuse(ctx, error, logger))
  provider.on('error', (error: Error) => logger.error({ err: error }, 'oidc request failed'))
  // What fails after the answer was made, such as storing the session, passes by the provider's own handler.
  provider.use(async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      refuse(ctx, error, logger)
    }
  })
}

/** Refuses a query with a NUL: no text that PostgreSQL remembers can hold one. */
export async function refuseNul(ctx: Context, next: () => Promise<void>): Promise<void> {
  if (!ctx.querystring.includes('%00')) return next()
  ctx.status = 400
  answer(ctx, NUL)
}

function refuse(ctx: Context, error: unknown, logger: FastifyBaseLogger): void {
  if (isDependencyDown(error)) {
    logger.warn({ err: error }, 'oidc request put off')
    ctx.status = 503
    ctx.set('retry-after', RETRY_AFTER)
    answer(ctx, UNAVAILABLE)
    return
  }
  logger.error({ err: error }, 'oidc request failed')
  ctx.status = 500
  answer(ctx, BROKEN)
}

function answer(ctx: Context, error: OAuthError): void {
  if (ctx.accepts('json', 'html') === 'html') {
    ctx.type = 'html'
    ctx.body = errorPage(error.error_description ?? error.error)
  } else {
    ctx.type = 'json'
    ctx.body = error
  }
}
