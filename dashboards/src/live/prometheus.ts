import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { findProgram } from '@medqueue/cluster'
import { freePort, pidFileIn, startChild } from '@medqueue/servers'
import { stringify } from 'yaml'

import { OURS } from '../promql.ts'

/** A process whose figures are read. */
export interface Target {
  /** Host and port. */
  address: string
  labels: { job: string; namespace: string; pod: string }
}

export interface Prometheus {
  /** Series of an instant query. Throws when Prometheus cannot understand it. */
  query: (expression: string) => Promise<Sample[]>
  /** Processes that answer. */
  reached: () => Promise<number>
  stop: () => Promise<void>
}

export interface Sample {
  metric: Record<string, string>
  /** NaN and infinities are numbers here, too. */
  value: number
}

export interface PrometheusOptions {
  /** Everything it keeps. */
  folder: string
  targets: readonly Target[]
  /** Files of alert rules. */
  rules: readonly string[]
}

const START_MS = 30_000

/** Starts a Prometheus on loopback that reads the targets every second. */
export async function startPrometheus({ folder, targets, rules }: PrometheusOptions): Promise<Prometheus> {
  const program = await findProgram('prometheus')
  await mkdir(folder, { recursive: true })
  const config = join(folder, 'prometheus.yaml')
  await writeFile(config, configOf(targets, rules))
  const address = `127.0.0.1:${await freePort()}`
  const child = await startChild({
    name: 'Prometheus',
    file: program,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
    ],
    logFile: join(folder, 'prometheus.log'),
    pidFile: pidFileIn(folder, 'prometheus'),
  })
  const url = `http://${address}`
  await ready(url)
  const query = async (expression: string) => ask(url, expression)
  const reached = async () => (await query('up == 1')).length
  return { query, reached, stop: child.stop }
}

function configOf(targets: readonly Target[], rules: readonly string[]): string {
  const scrape = {
    job_name: 'medqueue',
    honor_labels: true,
    static_configs: targets.map(({ address, labels }) => ({
      targets: [address],
      labels: { ...labels, [OURS.label]: OURS.value },
    })),
  }
  const global = { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' }
  return stringify({ global, rule_files: rules, scrape_configs: [scrape] })
}

async function ready(url: string): Promise<void> {
  const deadline = Date.now() + START_MS
  for (;;) {
    const answer = await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => undefined,
    )
    if (answer?.ok === true) return
    if (Date.now() > deadline) throw new Error('Prometheus did not become ready')
    await delay(100)
  }
}

async function ask(url: string, expression: string): Promise<Sample[]> {
  const body = new URLSearchParams({ query: expression })
  const answer = await fetch(`${url}/api/v1/query`, {
    method: 'POST',
    body,
    signal: AbortSignal.timeout(10_000),
  })
  const { data, error } = (await answer.json()) as {
    error?: string
    data?: { result: { metric: Record<string, string>; value: [number, string] }[] }
  }
  if (error !== undefined || data === undefined)
    throw new Error(error ?? `Prometheus answered ${answer.status}`)
  return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }))
}
