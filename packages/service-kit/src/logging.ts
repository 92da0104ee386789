import type { IncomingMessage } from 'node:http'

import type { FastifyBaseLogger } from 'fastify'
import { type DestinationStream, type Logger, pino } from 'pino'

import { childTrace, newTrace, parseTraceparent, type TraceContext } from './trace.ts'

const CENSORED = '[redacted]'
const MAX_DEPTH = 6

/** Fields that may hold a secret or say something of a person; compared in lower case, without `-` and `_`. */
const SENSITIVE = new Set([
  ...['authorization', 'cookie', 'setcookie', 'token', 'accesstoken', 'refreshtoken', 'idtoken', 'ticket'],
  ...[
    'password',
    'passwordhash',
    'secret',
    'clientsecret',
    'codeverifier',
    'apikey',
    'privatekey',
    'credentials',
  ],
  ...[
    'name',
    'fullname',
    'firstname',
    'lastname',
    'displayname',
    'patientname',
    'doctorname',
    'username',
    'login',
  ],
  ...[
    'email',
    'phone',
    'phonenumber',
    'birthdate',
    'dateofbirth',
    'address',
    'street',
    'gender',
    'sex',
    'cpf',
  ],
  ...[
    'message',
    'note',
    'notes',
    'reason',
    'symptoms',
    'diagnosis',
    'body',
    'payload',
    'query',
    'querystring',
  ],
  ...['databaseurl', 'migrationdatabaseurl', 'redisurl', 'natsurl'],
])

function isSensitive(field: string): boolean {
  return SENSITIVE.has(field.toLowerCase().replaceAll(/[-_]/g, ''))
}

/** A copy without secrets or personal data, at any depth. */
export function redact(fields: Record<string, unknown>): Record<string, unknown> {
  return copy(fields, 0)
}

function copy(fields: Record<string, unknown>, depth: number): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(fields)) {
    result[field] = isSensitive(field) && value !== undefined ? CENSORED : clean(value, depth + 1)
  }
  return result
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Error) return describeError(value)
  if (depth > MAX_DEPTH) return '[deep]'
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1))
  if (value instanceof Date) return value
  return copy(value as Record<string, unknown>, depth)
}

export interface ErrorDescription {
  type: string
  text: string
  code?: string | number
  stack?: string
  cause?: ErrorDescription
}

/** What of an error is safe to log: not the fields that `pg` fills with values of rows. */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { type: typeof error, text: 'not an Error' }
  const code: unknown = 'code' in error ? error.code : undefined
  const { cause } = error
  return {
    type: error.name,
    text: error.message,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(cause instanceof Error && depth < 3 ? { cause: describeError(cause, depth + 1) } : {}),
  }
}

export interface LoggerOptions {
  service: string
  version?: string
  level: string
}

/** A JSON logger that names the service in each line and redacts. Fields first, then a constant message. */
export function createLogger(
  { service, version, level }: LoggerOptions,
  destination?: DestinationStream,
): Logger {
  const options = {
    level,
    base: { service, ...(version === undefined ? {} : { version }) },
    messageKey: 'msg',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: redact },
    // Bindings of child loggers pass by the formatter; these catch the likely fields there.
    redact: { paths: ['token', 'password', 'email', 'phone', 'name', 'authorization'], censor: CENSORED },
  }
  // Written at once: what is buffered is lost by a crash and changes places with the last line at the end.
  return pino(options, destination ?? pino.destination({ fd: process.stdout.fd, sync: true }))
}

const TRACE = Symbol('trace')

/** The trace of a request, read or begun when first asked for. */
export function traceOf(request: IncomingMessage & { [TRACE]?: TraceContext }): TraceContext {
  const known = request[TRACE]
  if (known !== undefined) return known
  const header = request.headers.traceparent
  const parent = typeof header === 'string' ? parseTraceparent(header) : undefined
  const trace = parent === undefined ? newTrace() : childTrace(parent)
  request[TRACE] = trace
  return trace
}

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'

/**
 * The logger of one request. It makes a child with the trace id only when a line is written: most requests write
 * none, and making the child costs more than the rest of the routing.
 */
class RequestLogger {
  readonly #parent: Logger
  readonly #request: IncomingMessage
  #child: Logger | undefined

  constructor(parent: Logger, request: IncomingMessage) {
    this.#parent = parent
    this.#request = request
  }

  get level(): string {
    return this.#parent.level
  }

  child(...args: Parameters<Logger['child']>): unknown {
    return this.#log().child(...args)
  }

  fatal(...args: unknown[]): void {
    this.#write('fatal', args)
  }
  error(...args: unknown[]): void {
    this.#write('error', args)
  }
  warn(...args: unknown[]): void {
    this.#write('warn', args)
  }
  info(...args: unknown[]): void {
    this.#write('info', args)
  }
  debug(...args: unknown[]): void {
    this.#write('debug', args)
  }
  trace(...args: unknown[]): void {
    this.#write('trace', args)
  }
  silent(): void {
    // pino's level of that name writes nothing.
  }

  #write(level: Level, args: unknown[]): void {
    if (!this.#parent.isLevelEnabled(level)) return
    const log = this.#log()
    Reflect.apply(log[level], log, args)
  }

  #log(): Logger {
    this.#child ??= this.#parent.child({ traceId: traceOf(this.#request).traceId })
    return this.#child
  }
}

/** For Fastify's `childLoggerFactory`. */
export function requestLogger(parent: Logger, request: IncomingMessage): FastifyBaseLogger {
  return new RequestLogger(parent, request) as unknown as FastifyBaseLogger
}
