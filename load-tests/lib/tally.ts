import type { Acknowledgement } from '@medqueue/audit'

import { type Latency, latencyOf } from './percentile.ts'
import { type Said, saidIn } from './waiting.ts'

/** Answers that are no failure, by operation. A 409 is a lost race, a 422 a rule of the service. */
const EXPECTED: Readonly<Record<string, readonly number[]>> = {
  search: [200],
  book: [201, 202, 409, 422],
  poll: [200],
  cancel: [200],
  hold: [201, 409],
  join: [200],
  wait: [200],
  'open-room': [202],
}

interface Second {
  /** Tenths of milliseconds. */
  latencies: number[]
  failed: number
  /** Patients who arrived. */
  patients: number
}

/** One second of a run, for charts. */
export interface Point {
  /** Seconds after the first. */
  second: number
  rate: number
  failed: number
  /** Patients who have arrived so far. */
  patients: number
  p50: number
  p99: number
}

export interface Span extends Latency {
  seconds: number
  /** Requests a second. */
  rate: number
  failed: number
}

const MOST_REMARKS = 50

/** Adds up the lines that k6 processes write; see `lib/k6/kit.ts` for what they look like. */
export class Tally {
  readonly #seconds = new Map<number, Second>()
  readonly #operations = new Map<string, number[]>()
  readonly #statuses = new Map<string, number>()
  readonly #counts = new Map<string, number>()
  readonly #remarks = new Map<string, number>()
  readonly acknowledged: Acknowledgement[] = []
  /** What the waiting room said to whom. */
  readonly said: Said[] = []
  /** Requests seen. */
  requests = 0
  /** Requests that failed. */
  failed = 0
  #last = 0

  take(line: string): void {
    const fields = line.split(',')
    if (fields[0] === 's') this.#request(fields)
    else if (fields[0] === 'a') this.#answer(fields)
    else if (fields[0] === 'c') this.#counted(fields)
    else if (fields[0] === 'w') this.said.push(saidIn(fields))
    else if (line !== '') this.#remark(line)
  }

  /** The last second in which anything happened; Unix seconds. */
  lastSecond(): number {
    return this.#last
  }

  counted(name: string): number {
    return this.#counts.get(name) ?? 0
  }

  counts(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort())
  }

  /** Answers by operation and status, such as `book 201`. */
  statuses(): Record<string, number> {
    return Object.fromEntries([...this.#statuses].sort())
  }

  /** What went wrong, in words, with how often; the first fifty different ones. */
  remarks(): Record<string, number> {
    return Object.fromEntries(this.#remarks)
  }

  operations(): Record<string, Latency> {
    return Object.fromEntries([...this.#operations].sort().map(([name, tenths]) => [name, latencyOf(tenths)]))
  }

  /** Figures of the requests that ended in [from, to), Unix milliseconds. */
  span(from: number, to: number): Span {
    const [first, last] = [Math.ceil(from / 1_000), Math.floor(to / 1_000)]
    const inside = [...this.#seconds].filter(([second]) => second >= first && second < last)
    const latency = latencyOf(inside.flatMap(([, { latencies }]) => latencies))
    const seconds = Math.max(0, last - first)
    const failed = inside.reduce((sum, [, second]) => sum + second.failed, 0)
    return { ...latency, seconds, rate: seconds === 0 ? 0 : latency.count / seconds, failed }
  }

  points(): Point[] {
    const known = [...this.#seconds.keys()]
    const first = known.reduce((a, b) => Math.min(a, b), Infinity)
    let patients = 0
    return Array.from({ length: known.length === 0 ? 0 : this.#last - first + 1 }, (_, second) => {
      const { latencies, failed, patients: arrived } = this.#seconds.get(first + second) ?? emptySecond()
      patients += arrived
      const { count, p50, p99 } = latencyOf(latencies)
      return { second, rate: count, failed, patients, p50, p99 }
    })
  }

  #request([, end, operation = '', status, tenths]: string[]): void {
    const second = this.#at(Math.floor(Number(end) / 1_000))
    second.latencies.push(Number(tenths))
    this.requests += 1
    const latencies = this.#operations.get(operation)
    if (latencies === undefined) this.#operations.set(operation, [Number(tenths)])
    else latencies.push(Number(tenths))
    increment(this.#statuses, `${operation} ${status}`)
    if (EXPECTED[operation]?.includes(Number(status)) === true) return
    this.failed += 1
    second.failed += 1
  }

  #answer([, status, id, key]: string[]): void {
    const named = { status: status as Acknowledgement['status'], requestId: id ?? '' }
    this.acknowledged.push(key === undefined || key === '' ? named : { ...named, key })
  }

  #counted([, at, name = '', ...detail]: string[]): void {
    increment(this.#counts, name)
    if (name === 'patient') this.#at(Math.floor(Number(at) / 1_000)).patients += 1
    if (detail.length > 0) this.#remark(`${name} ${detail.join(',')}`)
  }

  #remark(text: string): void {
    // Ids make every remark another one.
    const plain = text.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}/g, '…')
    if (this.#remarks.has(plain) || this.#remarks.size < MOST_REMARKS) increment(this.#remarks, plain)
  }

  #at(second: number): Second {
    this.#last = Math.max(this.#last, second)
    const known = this.#seconds.get(second)
    if (known !== undefined) return known
    const made = emptySecond()
    this.#seconds.set(second, made)
    return made
  }
}

function emptySecond(): Second {
  return { latencies: [], failed: 0, patients: 0 }
}

function increment(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
