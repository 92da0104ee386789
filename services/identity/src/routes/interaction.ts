import { timingSafeEqual } from 'node:crypto'

import formbody from '@fastify/formbody'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errors, type InteractionDetails, type Provider } from 'oidc-provider'
import { type Static, Type } from 'typebox'

import { FreeText, strictObject } from '@medqueue/contracts'

import { PASSWORD_LENGTH } from '../domain/password-rules.ts'
import { errorPage, type LoginPage, loginPage, originsOf, pageHeaders } from '../oidc/pages.ts'
import type { LogInOutcome, LogInRequest } from '../users/log-in.ts'

const Params = Type.Object({ uid: Type.String({ pattern: '^[A-Za-z0-9_-]{10,64}$' }) })

const LoginForm = strictObject({
  csrf: Type.String({ maxLength: 100 }),
  email: FreeText(254, { minLength: 1 }),
  password: Type.String({ minLength: 1, maxLength: PASSWORD_LENGTH.max }),
})

export interface InteractionRoutesOptions {
  issuer: string
  provider: () => Provider
  logIn: (request: LogInRequest) => Promise<LogInOutcome>
  /** A token for the form of one interaction, which only this service can make. */
  csrfOf: (uid: string) => string
}

type Uid = Static<typeof Params>['uid']

const EXPIRED = 'This log-in has expired, or your browser does not keep its cookie.'

/** The log-in page: `GET /interaction/{uid}` shows it, `POST /interaction/{uid}/login` takes it. */
export const interactionRoutes: FastifyPluginAsyncTypebox<InteractionRoutesOptions> = async (
  app,
  options,
) => {
  const { provider, csrfOf, issuer } = options
  const origin = new URL(issuer).origin
  const config = { permission: 'public' } as const
  const schema = { hide: true, params: Params }
  await app.register(formbody, { bodyLimit: 8 * 1024 })

  /** The interaction this browser is in, if it is the one of the path. */
  const find = async ({ raw }: FastifyRequest, reply: FastifyReply, uid: Uid) => {
    try {
      const details = await provider().interactionDetails(raw, reply.raw)
      return details.uid === uid && details.prompt.name === 'login' ? details : undefined
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return undefined
      throw error
    }
  }

  app.get('/interaction/:uid', { schema, config }, async (request, reply) => {
    const details = await find(request, reply, request.params.uid)
    if (details === undefined) return refuse(reply, 400, EXPIRED)
    return show(reply, 200, details, { ...formOf(details.uid), ...hintOf(details) })
  })

  const post = { ...schema, body: LoginForm }
  const login = { schema: post, config, attachValidation: true }
  app.post('/interaction/:uid/login', login, async (request, reply) => {
    const { uid } = request.params
    const details = await find(request, reply, uid)
    if (details === undefined) return refuse(reply, 400, EXPIRED)
    if (request.validationError !== undefined) {
      return show(reply, 400, details, {
        ...formOf(uid),
        alert: 'Enter your e-mail address and your password.',
      })
    }
    const { csrf, email, password } = request.body
    if (isForeign(request) || !same(csrf, csrfOf(uid))) {
      return refuse(reply, 403, 'The form did not come from the log-in page.')
    }
    const outcome = await options.logIn({ email, password, ip: request.ip })
    if (outcome.kind === 'in') return finish(request, reply, outcome.userId)
    const { status, alert, retryAfter } = ANSWERS[outcome.kind](outcome)
    if (retryAfter !== undefined) reply.header('retry-after', retryAfter)
    return show(reply, status, details, { ...formOf(uid), email, alert })
  })

  const finish = async ({ raw }: FastifyRequest, reply: FastifyReply, accountId: string) => {
    const result = { login: { accountId, amr: ['pwd'] } }
    const returnTo = await provider().interactionResult(raw, reply.raw, result, {
      mergeWithLastSubmission: false,
    })
    return reply.headers(pageHeaders([])).redirect(returnTo, 303)
  }

  const formOf = (uid: Uid) => ({ action: `/interaction/${uid}/login`, csrf: csrfOf(uid) })
  const isForeign = ({ headers }: FastifyRequest) => headers.origin !== undefined && headers.origin !== origin
}

function hintOf({ params }: InteractionDetails): { email?: string } {
  const { login_hint: email } = params
  return email === undefined ? {} : { email: email.slice(0, 254) }
}

interface Answer {
  status: number
  alert: string
  retryAfter?: number
}

const ANSWERS: Record<Exclude<LogInOutcome['kind'], 'in'>, (outcome: LogInOutcome) => Answer> = {
  wrong: () => ({ status: 401, alert: 'E-mail address or password is wrong.' }),
  wait: (outcome) => {
    const seconds = outcome.kind === 'wait' ? outcome.seconds : 1
    return {
      status: 429,
      alert: `Too many wrong tries. Try again in ${spoken(seconds)}.`,
      retryAfter: seconds,
    }
  },
  busy: () => ({
    status: 503,
    alert: 'Many people are logging in just now. Try again in a moment.',
    retryAfter: 2,
  }),
}

function spoken(seconds: number): string {
  if (seconds <= 90) return `${seconds} seconds`
  return `${Math.ceil(seconds / 60)} minutes`
}

/** The form may lead on to the client, and browsers hold its redirects against `form-action` too. */
function show(reply: FastifyReply, status: number, { params }: InteractionDetails, page: LoginPage) {
  return html(reply, status, loginPage(page), originsOf([params.redirect_uri]))
}

function refuse(reply: FastifyReply, status: number, text: string) {
  return html(reply, status, errorPage(text), [])
}

function html(reply: FastifyReply, status: number, page: string, formTargets: readonly string[]) {
  return reply.code(status).headers(pageHeaders(formTargets)).type('text/html; charset=utf-8').send(page)
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
