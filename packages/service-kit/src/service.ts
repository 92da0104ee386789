import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { fastify, LogController } from 'fastify'
import type { Logger } from 'pino'
import type { RedisClientType } from 'redis'

import type { HttpConfig, RateLimitConfig, RedisConfig, TokenConfig } from './config.ts'
import { createBrokenRequests } from './broken-request.ts'
import { createErrorHandler, handleNotFound } from './error-handler.ts'
import { CommonErrors, type ErrorCatalogue, ProblemError } from './errors.ts'
import { CALLER, createGuard, type GuardOptions } from './guard.ts'
import { addHealthRoutes, type ReadinessChecks } from './health.ts'
import { readJsonBodies } from './json-body.ts'
import { createLogger, requestLogger, traceOf } from './logging.ts'
import { createMetrics, type ServiceMetrics } from './metrics.ts'
import { addOpenApi } from './openapi.ts'
import { RequestLog } from './request-log.ts'
import { RateLimiter } from './rate-limit.ts'
import { TokenChecker, tokenMissing } from './tokens.ts'
import { takeTurns } from './take-turns.ts'
import { createTurns, type Turns } from './turns.ts'
import type { Caller } from './caller.ts'
import type { Service } from './types.ts'
import { createValidators } from './validation.ts'

export interface ServiceOptions {
  name: string
  version: string
  config: HttpConfig & TokenConfig & Partial<RedisConfig & RateLimitConfig>
  /** This service's coded errors. */
  errors?: ErrorCatalogue
  /** Where replicas share rate limits; undefined or down: each counts alone and requests go on. */
  redis?: RedisClientType | undefined
  /** Named checks for `/readyz`; one fails by rejecting. */
  readiness?: ReadinessChecks
  logger?: Logger
  /** Bytes; 64 KiB by default. */
  bodyLimit?: number
  /** In which requests begin; the service's own by default. */
  turns?: Turns
  /** Milliseconds since 1970; tests set their own. */
  clock?: () => number
}

const BODY_LIMIT = 64 * 1024
const HEADERS_LIMIT = 16 * 1024
const MAX_PARAM_LENGTH = 512

/**
 * A Fastify instance that has what every service shares: logs, problem answers, token check, permissions, rate limit,
 * OpenAPI, health, metrics, trace context and limits. A route without `config.permission` throws
 * ROUTE_WITHOUT_PERMISSION when it is registered. The guard runs before a route's own `onRequest` hooks, but after
 * those of the instance: ask for `request.caller` in `preHandler` hooks or later.
 */
export async function buildService(options: ServiceOptions): Promise<Service> {
  const { name, version, config, clock = Date.now } = options
  const logger = options.logger ?? createLogger({ service: name, version, level: config.LOG_LEVEL })
  const metrics = createMetrics(name)
  const app = createInstance(options, logger, metrics)
  const tokens = new TokenChecker({ config, logger, clock })
  const limiter = new RateLimiter({ service: name, logger, redis: options.redis, clock })

  app.decorate('metrics', metrics)
  app.decorate('lifecycle', { draining: false })
  app.decorate('defaultPermission', undefined)
  decorateRequests(app)

  const guard = { tokens, limiter, perMinute: config.RATE_LIMIT_PER_MINUTE ?? 0 }
  const requestLog = new RequestLog({ logger, slowMs: config.SLOW_REQUEST_MS ?? 1_000, clock })
  app.addHook('onRoute', function (this: Service, route) {
    protect(route, this, guard)
    measure(route, metrics, requestLog)
  })
  const unmatched = metrics.route('*', 'unmatched')
  app.setNotFoundHandler((request, reply) => {
    const elapsed = reply.elapsedTime
    handleNotFound(request, reply)
    unmatched.observe(reply.statusCode, elapsed)
    requestLog.completed(request, reply, elapsed)
  })
  app.addHook('onReady', async () => tokens.start())
  app.addHook('onClose', async () => {
    tokens.stop()
    limiter.stop()
  })
  closeConnectionsAsTheyFallIdle(app)

  await addOpenApi(app, { name, version, errors: { ...CommonErrors, ...options.errors } })
  addHealthRoutes(app, options.readiness ?? {})
  return app
}

function createInstance(
  { config, bodyLimit, turns = createTurns() }: ServiceOptions,
  logger: Logger,
  metrics: ServiceMetrics,
): Service {
  const requestTimeout = config.REQUEST_TIMEOUT_MS ?? 10_000
  const headersTimeout = Math.min(config.HEADERS_TIMEOUT_MS ?? 5_000, requestTimeout)
  const handleError = createErrorHandler()
  const broken = createBrokenRequests()
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (_logger, _bindings, _options, raw) => requestLogger(logger, raw as never),
    bodyLimit: bodyLimit ?? BODY_LIMIT,
    requestTimeout,
    keepAliveTimeout: config.KEEP_ALIVE_TIMEOUT_MS ?? 72_000,
    // While closing, requests on open connections are still answered, with `Connection: close`.
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    trustProxy: trustedProxies(config.TRUST_PROXY ?? 'loopback'),
    http: {
      headersTimeout,
      maxHeaderSize: HEADERS_LIMIT,
      // Node looks for connections past their time only this often; its default of 30 s helps the slow.
      connectionsCheckingInterval: Math.max(50, Math.min(headersTimeout / 2, 2_000)),
    },
    schemaController: { compilersFactory: { buildValidator: createValidators() as never } },
    frameworkErrors: (error, request, reply) =>
      handleError(error, request as FastifyRequest, reply as FastifyReply),
    clientErrorHandler: broken.refuse,
  })
  broken.follow(app.server)
  app.setErrorHandler(handleError)
  const service = app as unknown as Service
  takeTurns(service, turns, metrics.registry)
  app.addHook('onRequest', (_request, reply, done) => {
    // What a patient wrote is never to be taken for a page.
    reply.header('x-content-type-options', 'nosniff')
    done()
  })
  app.removeContentTypeParser('text/plain')
  readJsonBodies(service)
  return service
}

/**
 * Closing a server closes its idle connections once. One that was busy then would stay open for the whole keep-alive
 * time, and the process with it.
 */
function closeConnectionsAsTheyFallIdle(app: Service): void {
  let sweeping: NodeJS.Timeout | undefined
  app.addHook('preClose', async () => {
    sweeping = setInterval(() => app.server.closeIdleConnections(), 50)
  })
  app.addHook('onClose', async () => clearInterval(sweeping))
}

function trustedProxies(list: string): string[] | false {
  const proxies = list.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))
  return proxies.length === 0 ? false : proxies
}

function decorateRequests(app: Service): void {
  app.decorateRequest(CALLER as unknown as string, undefined)
  app.decorateRequest('callerIfAny', {
    getter(this: FastifyRequest): Caller | undefined {
      return (this as FastifyRequest & { [CALLER]: Caller | undefined })[CALLER]
    },
  })
  app.decorateRequest('caller', {
    getter(this: FastifyRequest): Caller {
      const caller = this.callerIfAny
      if (caller === undefined) throw tokenMissing()
      return caller
    },
  })
  app.decorateRequest('trace', {
    getter(this: FastifyRequest) {
      return traceOf(this.raw)
    },
  })
}

function prepend<T extends object>(hook: T, existing: T | T[] | undefined): T[] {
  return existing === undefined ? [hook] : [hook, ...([existing].flat() as T[])]
}

function protect(route: RouteOptions, instance: Service, options: GuardOptions): void {
  const access = route.config?.permission ?? instance.defaultPermission
  if (access === undefined) {
    throw new ProblemError(CommonErrors.ROUTE_WITHOUT_PERMISSION, {
      detail: `${String(route.method)} ${route.url}`,
    })
  }
  route.config = { ...route.config, permission: access }
  route.onRequest = prepend(createGuard(route, access, options), route.onRequest as never)
}

function measure(route: RouteOptions, metrics: ServiceMetrics, log: RequestLog): void {
  const methods = [route.method].flat().map((method) => method.toUpperCase())
  const durations = new Map(methods.map((method) => [method, metrics.route(method, route.url)]))
  const onResponse = (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    const elapsed = reply.elapsedTime
    durations.get(request.method)?.observe(reply.statusCode, elapsed)
    log.completed(request, reply, elapsed)
    done()
  }
  route.onResponse = prepend(onResponse, route.onResponse as never)
}
