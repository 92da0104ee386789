import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { freePort } from '@medqueue/servers'

import type { GeneratorOptions, GeneratorResult } from './generator.ts'
import { answers, type Running, start } from './processes.ts'
import { type Usage, usageOf } from './usage.ts'
import type { World } from './world.ts'

export const VARIANTS = {
  echo: '(a) Fastify echo',
  insert: '(b) one transaction per request',
  statement: '(b′) the same in one statement',
  batched: '(c) batched in the api, no queue',
  product: '(d) Medqueue',
} as const
export type Variant = keyof typeof VARIANTS

export interface Cell extends GeneratorResult {
  variant: Variant
  connections: number
  /** By process: CPU seconds while measured (warm-up included) and memory at the end. */
  usage: Record<string, Usage>
}

export interface CellOptions {
  variant: Variant
  connections: number
  seconds: number
  warmupSeconds: number
  relay: boolean
}

const here = (file: string) => join(import.meta.dirname, file)
const booking = (file: string) => join(import.meta.dirname, '../../../services/booking/src', file)

/** Measures one variant at one number of connections, on a fresh database. */
export async function measure(world: World, options: CellOptions): Promise<Cell> {
  const { variant, connections } = options
  const url = await world.freshDatabase()
  const port = await freePort()
  const running = await startVariant(world, options, { url, port })
  try {
    const pids = new Map(running.map(({ name, pid }) => [name, pid]))
    pids.set('postgres', world.postgres.pid)
    if (variant === 'product') pids.set('nats', world.nats.pid)
    const before = new Map([...pids].map(([name, pid]) => [name, usageOf(pid).cpuSeconds]))
    const result = await generate(world, options, port)
    const usage: Record<string, Usage> = {}
    for (const [name, pid] of pids) {
      const now = usageOf(pid)
      usage[name] = { cpuSeconds: now.cpuSeconds - (before.get(name) ?? 0), megabytes: now.megabytes }
    }
    return { variant, connections, usage, ...result }
  } finally {
    for (const one of running.reverse()) await one.stop()
  }
}

async function generate(world: World, { connections, seconds, warmupSeconds }: CellOptions, port: number) {
  const options: GeneratorOptions = { port, connections, seconds, warmupSeconds, file: world.file, from: 0 }
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [here('generator.ts'), JSON.stringify(options)],
    {
      env: { NODE_NO_WARNINGS: '1' },
      timeout: (seconds + warmupSeconds) * 1000 + 30_000,
    },
  )
  return JSON.parse(stdout) as GeneratorResult
}

async function startVariant(
  world: World,
  { variant, relay }: CellOptions,
  { url, port }: { url: string; port: number },
): Promise<Running[]> {
  const log = join(world.directory, `${variant}.log`)
  const env = {
    HOST: '127.0.0.1',
    PORT: String(port),
    LOG_LEVEL: 'warn',
    DATABASE_URL: url,
    NATS_URL: world.nats.url,
    NATS_MONITOR_URL: world.nats.monitorUrl,
    REDIS_URL: world.redis.url,
    ISSUER: world.issuer.issuer,
    JWKS_URL: world.issuer.jwksUrl,
    RATE_LIMIT_PER_MINUTE: '0',
    SUBJECT_PREFIX: `bench-${randomUUID().slice(0, 8)}`,
    ...(relay ? { RELAY: '1' } : {}),
    ...overrides(),
  }
  if (variant !== 'product') {
    const api = start('api', here(`variants/${variant}.ts`), env, log)
    await answers(`http://127.0.0.1:${port}/`)
    return [api]
  }
  const api = start('api', booking('api-main.ts'), env, log)
  await answers(`http://127.0.0.1:${port}/livez`)
  const worker = start('worker', here('variants/worker.ts'), env, log)
  return [api, worker]
}

/** `BENCH_ENV_X=…` sets X for the processes measured: for trying a setting without changing a default. */
function overrides(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      name.startsWith('BENCH_ENV_') && value !== undefined ? [[name.slice('BENCH_ENV_'.length), value]] : [],
    ),
  )
}
