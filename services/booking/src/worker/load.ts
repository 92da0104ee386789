import type { LogEntry } from './log-reader.ts'
import type { WorkerMetrics } from './metrics.ts'

/** What a worker has before it. */
export interface Load {
  /** Requests in transactions now. */
  inflight: number
  /** Requests that wait in the partitions it reads, as far as can be told. */
  depth: number
  /** When the oldest of them was stored; Unix milliseconds. */
  oldestAt: number | null
  /** Partitions whose waiting messages it knows of. */
  partitions: number[]
}

/** The part of a log reader that is counted. */
export interface Reading {
  partition: number
  /** Requests, and the messages they came in, that are read and not taken. */
  requests: number
  entries: number
  /** Messages in the log behind those read; undefined until the broker has said. */
  behind: number | undefined
  peek: () => LogEntry | undefined
}

export const requestsIn = (entries: readonly LogEntry[]): number =>
  entries.reduce((sum, { batch }) => sum + (batch?.count ?? 0), 0)

/** Adds up what waits; messages not read yet count as much as those that are. */
export function loadOf(readers: readonly Reading[], inflight: number): Load {
  const known = readers.filter(({ behind }) => behind !== undefined)
  const oldest = known.flatMap((reader) => reader.peek()?.storedAt ?? [])
  return {
    inflight,
    depth: known.reduce((sum, reader) => sum + depthOf(reader), 0),
    oldestAt: oldest.length === 0 ? null : Math.min(...oldest),
    partitions: known.map(({ partition }) => partition),
  }
}

function depthOf({ requests, entries, behind = 0 }: Reading): number {
  return Math.round(requests + behind * (entries === 0 ? 1 : requests / entries))
}

/** Work done since the start of the process. */
export interface Done {
  served: number
  busySeconds: number
}

/** The same metrics, and a count of the work that they are told of. */
export function countWork(metrics: WorkerMetrics): { metrics: WorkerMetrics; done: Done } {
  const done: Done = { served: 0, busySeconds: 0 }
  return {
    done,
    metrics: {
      ...metrics,
      observe: (entries, outcomes, tookMs, nowMs) => {
        done.served += requestsIn(entries)
        done.busySeconds += tookMs / 1_000
        metrics.observe(entries, outcomes, tookMs, nowMs)
      },
    },
  }
}
