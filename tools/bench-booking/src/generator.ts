/**
 * The load generator, in a process of its own: closed loop, keep-alive connections, one request at a time on each.
 * Written on bare sockets because it shares two cores with what it measures: a general HTTP client costs as much as
 * the echo server. Started with one JSON argument, writes one JSON line.
 */
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { createHistogram, performance } from 'node:perf_hooks'

import { type Dataset, slotOf } from './dataset.ts'

export interface GeneratorOptions {
  port: number
  connections: number
  /** Not measured. */
  warmupSeconds: number
  seconds: number
  /** JSON file with the dataset and a token for each patient. */
  file: string
  /** Index of the first request. */
  from: number
}

export interface GeneratorResult {
  requests: number
  perSecond: number
  p50Ms: number
  p99Ms: number
  maxMs: number
  /** Answers by status. */
  statuses: Record<string, number>
}

interface World {
  dataset: Dataset
  tokens: string[]
}

function requestOf(n: number, { dataset, tokens }: World): string {
  const { doctorId, start } = slotOf(n, dataset)
  const body = `{"doctorId":"${doctorId}","serviceId":"${dataset.serviceId}","start":"${start}"}`
  return (
    `POST /v1/appointments HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${tokens[n % tokens.length] ?? ''}\r\n` +
    `Idempotency-Key: ${n}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  )
}

/** Length of the first whole answer in the text, or 0. */
function answerLength(text: string): number {
  const head = text.indexOf('\r\n\r\n')
  if (head === -1) return 0
  const match = /content-length: (\d+)/i.exec(text.slice(0, head))
  const length = head + 4 + Number(match?.[1] ?? 0)
  return text.length >= length ? length : 0
}

async function run(options: GeneratorOptions): Promise<GeneratorResult> {
  const world = JSON.parse(readFileSync(options.file, 'utf8')) as World
  const histogram = createHistogram()
  const statuses: Record<string, number> = {}
  let measureFrom = 0
  let end = 0
  let next = options.from

  const drive = (socket: Socket) =>
    new Promise<void>((resolve, reject) => {
      let sent = 0
      let text = ''
      const send = () => {
        sent = performance.now()
        socket.write(requestOf(next++, world))
      }
      socket.on('data', (chunk) => {
        text = text === '' ? chunk.toString('latin1') : text + chunk.toString('latin1')
        const length = answerLength(text)
        if (length === 0) return
        const now = performance.now()
        if (now >= measureFrom && now < end) {
          histogram.record(Math.max(1, Math.round((now - sent) * 1000)))
          const status = text.slice(9, 12)
          statuses[status] = (statuses[status] ?? 0) + 1
        }
        text = text.slice(length)
        if (now >= end) {
          socket.end()
          resolve()
        } else send()
      })
      socket.on('error', reject)
      send()
    })

  const sockets: Socket[] = []
  while (sockets.length < options.connections) {
    const missing = Math.min(250, options.connections - sockets.length)
    sockets.push(...(await Promise.all(Array.from({ length: missing }, () => open(options.port)))))
  }
  measureFrom = performance.now() + options.warmupSeconds * 1000
  end = measureFrom + options.seconds * 1000
  await Promise.all(sockets.map(drive))
  const requests = Object.values(statuses).reduce((sum, count) => sum + count, 0)
  return {
    requests,
    perSecond: requests / options.seconds,
    p50Ms: histogram.percentile(50) / 1000,
    p99Ms: histogram.percentile(99) / 1000,
    maxMs: histogram.max / 1000,
    statuses,
  }
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket))
    socket.once('error', reject)
  })
}

const result = await run(JSON.parse(process.argv[2] ?? '{}') as GeneratorOptions)
process.stdout.write(`${JSON.stringify(result)}\n`)
