import type { FastifyReply, FastifyRequest, onRequestHookHandler, RouteOptions } from 'fastify'

import type { Caller } from './caller.ts'
import { CommonErrors, ProblemError } from './errors.ts'
import { addressKey, type RateLimiter } from './rate-limit.ts'
import { type TokenChecker, tokenMissing } from './tokens.ts'
import type { RouteAccess } from './types.ts'

/** Where the guard leaves the caller on the request. */
export const CALLER = Symbol('caller')
type Guarded = FastifyRequest & { [CALLER]: Caller | undefined }

export interface GuardOptions {
  tokens: TokenChecker
  limiter: RateLimiter
  /** Requests a minute; 0 turns limiting off. */
  perMinute: number
}

interface Rule extends GuardOptions {
  access: RouteAccess
  /** 0 when the route is exempt. */
  limit: number
  /** Sets the counts of a route with its own limit apart. */
  scope: string
  /** Who is counted, when neither the caller nor the address is. */
  key: ((request: FastifyRequest) => string) | undefined
}

type Done = (error?: Error) => void

/**
 * The check that runs first on a route: token, rate limit, permission, in this order. With a token seen before it is
 * synchronous and makes no closure.
 */
export function createGuard(
  route: RouteOptions,
  access: RouteAccess,
  options: GuardOptions,
): onRequestHookHandler {
  const own = route.config?.rateLimit
  const limit = own === false || options.perMinute === 0 ? 0 : (own?.perMinute ?? options.perMinute)
  const scope = own === undefined || own === false ? '' : `${String(route.method)} ${route.url} `
  const key = own === undefined || own === false ? undefined : own.key
  const rule: Rule = { ...options, access, limit, scope, key }

  return function guard(request, reply, done) {
    const header = request.raw.headers.authorization
    if (header === undefined) {
      done(admitAnonymous(rule, request, reply))
      return
    }
    const caller = rule.tokens.recall(header)
    if (caller === undefined) void admitUnknown(rule, request, reply, done)
    else done(admit(rule, caller, request as Guarded, reply))
  }
}

function admit(rule: Rule, caller: Caller, request: Guarded, reply: FastifyReply): Error | undefined {
  request[CALLER] = caller
  if (rule.limit > 0) {
    const refusal = spend(rule, rule.scope + (rule.key?.(request) ?? caller.id), reply)
    if (refusal !== undefined) return refusal
  }
  const { access } = rule
  if (access === 'public') return undefined
  reply.header('cache-control', 'no-store')
  const allowed = access === 'authenticated' ? caller.roles.length > 0 : caller.can(access)
  return allowed ? undefined : new ProblemError(CommonErrors.FORBIDDEN)
}

function admitAnonymous(rule: Rule, request: FastifyRequest, reply: FastifyReply): Error | undefined {
  if (rule.limit > 0) {
    const refusal = spend(rule, rule.scope + (rule.key?.(request) ?? addressKey(request.ip)), reply)
    if (refusal !== undefined) return refusal
  }
  return rule.access === 'public' ? undefined : tokenMissing()
}

/**
 * A token not seen before. Bad ones are counted by address, and beyond the limit answered 429; a good one always
 * passes, for behind one address there may be a whole hospital.
 */
async function admitUnknown(
  rule: Rule,
  request: FastifyRequest,
  reply: FastifyReply,
  done: Done,
): Promise<void> {
  let refusal: Error | undefined
  try {
    const caller = await rule.tokens.check(request.headers.authorization ?? '')
    refusal = admit(rule, caller, request as Guarded, reply)
  } catch (error) {
    refusal = countBadToken(rule, request, reply) ?? (error as Error)
  }
  done(refusal)
}

function countBadToken(rule: Rule, request: FastifyRequest, reply: FastifyReply): Error | undefined {
  const { limiter, perMinute } = rule
  if (perMinute === 0 || limiter.take(`bad-token ${addressKey(request.ip)}`, perMinute) >= 0) return undefined
  return tooMany(rule, perMinute, reply)
}

function spend(rule: Rule, key: string, reply: FastifyReply): Error | undefined {
  const left = rule.limiter.take(key, rule.limit)
  if (left < 0) return tooMany(rule, rule.limit, reply)
  reply.header('ratelimit-limit', rule.limit)
  reply.header('ratelimit-remaining', left)
  reply.header('ratelimit-reset', rule.limiter.secondsLeft())
  return undefined
}

function tooMany(rule: Rule, limit: number, reply: FastifyReply): Error {
  const seconds = String(rule.limiter.secondsLeft())
  reply.header('ratelimit-limit', limit)
  reply.header('ratelimit-remaining', 0)
  reply.header('ratelimit-reset', seconds)
  return new ProblemError(CommonErrors.RATE_LIMITED, { headers: { 'retry-after': seconds } })
}
