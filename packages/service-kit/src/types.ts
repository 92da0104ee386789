import type { Permission } from '@medqueue/contracts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'

import type { Caller } from './caller.ts'
import type { ServiceMetrics } from './metrics.ts'
import type { TraceContext } from './trace.ts'

/** Who may call a route: holders of a permission, everybody with a role, or everybody. */
export type RouteAccess = Permission | 'public' | 'authenticated'

/** The phases of a service: serving → draining (not ready, still answering) → closed. */
export interface Lifecycle {
  /** True once the process was asked to stop: /readyz answers 503, requests are still served. */
  draining: boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Throws UNAUTHENTICATED on a public route that was called without a token. Set before `preParsing`. */
    readonly caller: Caller
    /** The caller, or undefined without a token. */
    readonly callerIfAny: Caller | undefined
    readonly trace: TraceContext
  }
  interface FastifyContextConfig {
    permission?: RouteAccess
    /**
     * `false` exempts the route; a number gives it a limit and a count of its own, for each caller or address, or for
     * each `key` of the request: where a secret in the path says who asks.
     */
    rateLimit?: false | { perMinute: number; key?: (request: FastifyRequest) => string }
    /** Optional headers that are read before the handler, by name: for the documentation, nothing is checked here. */
    headers?: Readonly<Record<string, object>>
    /** Begins at once, however many wait for their turn: whoever asks decides whether this process lives. */
    prompt?: true
  }
  interface FastifyInstance {
    readonly metrics: ServiceMetrics
    readonly lifecycle: Lifecycle
    /**
     * The permission of routes that declare none, for one encapsulated plugin whose routes are not ours:
     * `app.register(async (docs) => { docs.defaultPermission = 'public'; await docs.register(thirdParty) })`.
     */
    defaultPermission: RouteAccess | undefined
  }
}

/** The Fastify instance of a service. */
export type Service = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>
