/**
 * What every service is made of. Service: one Fastify process. Caller: who an access token speaks for. Access: who may
 * call a route (a permission, 'authenticated' or 'public'). Problem: an RFC 9457 answer. Catalogue: the coded errors of
 * one package. Trace: the ids that join the logs of one request across services.
 */
export {
  BrokerConfig,
  DatabaseConfig,
  HttpConfig,
  loadConfig,
  RateLimitConfig,
  RedisConfig,
  StreamConfig,
  TokenConfig,
} from './config.ts'
export type { Caller } from './caller.ts'
export { createCaller } from './caller.ts'
export type { CatalogueEntry, ErrorCatalogue, ErrorDefinition, FieldError, ProblemOptions } from './errors.ts'
export { createErrorHandler, prepareProblem } from './error-handler.ts'
export { CommonErrors, defineErrors, isCatalogue, ProblemError } from './errors.ts'
export type { ReadinessChecks } from './health.ts'
export { createLogger, describeError } from './logging.ts'
export type { ServiceMetrics } from './metrics.ts'
export { type MeasuredPool, poolMetrics } from './pool-metrics.ts'
export { eventMetrics } from './event-metrics.ts'
export { gaugeOf } from './gauge.ts'
export { createTurns, type Turns } from './turns.ts'
export { addressKey } from './rate-limit.ts'
export { connectRedis } from './redis.ts'
export { repeat, type Repetition } from './repeat.ts'
export { runService, type RunOptions } from './run.ts'
export { readSecret, secretUrl } from './secret-url.ts'
export { buildService, type ServiceOptions } from './service.ts'
export { childTrace, formatTraceparent, newTrace, parseTraceparent, type TraceContext } from './trace.ts'
export type { Lifecycle, RouteAccess, Service } from './types.ts'
export { isDependencyDown } from './unavailable.ts'
