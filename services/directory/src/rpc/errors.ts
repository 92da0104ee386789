import { Code, ConnectError, type Interceptor } from '@connectrpc/connect'
import { isDependencyDown, ProblemError } from '@medqueue/service-kit'
import type { FastifyBaseLogger } from 'fastify'

const CODES: Readonly<Record<number, Code>> = {
  400: Code.InvalidArgument,
  401: Code.Unauthenticated,
  403: Code.PermissionDenied,
  404: Code.NotFound,
  503: Code.Unavailable,
}

/** The error a caller sees. Of what is our fault it says nothing. */
export function toConnectError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error
  if (isDependencyDown(error))
    return new ConnectError('try again', Code.Unavailable, undefined, undefined, error)
  const code = error instanceof ProblemError ? CODES[error.statusCode] : undefined
  const message = error instanceof ProblemError && code !== undefined ? error.message : 'internal error'
  return new ConnectError(message, code ?? Code.Internal, undefined, undefined, error)
}

/** Turns whatever a method throws into an error of the protocol, and logs what is our fault. */
export function errorInterceptor(log: FastifyBaseLogger): Interceptor {
  return (next) => async (request) => {
    try {
      return await next(request)
    } catch (error) {
      const answer = toConnectError(error)
      if (answer.code === Code.Internal) log.error({ err: error, rpc: request.method.name }, 'rpc failed')
      throw answer
    }
  }
}
