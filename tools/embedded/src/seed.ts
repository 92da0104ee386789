import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { type Child, lastWords, pidFileIn, ServerError, startChild } from '@medqueue/servers'

export interface SeedOptions {
  dataDir: string
  logs: string
  /** Folder of pid files. */
  run: string
  /** Seed program by service. */
  programs: readonly (readonly [string, string])[]
  envOf: (service: string) => NodeJS.ProcessEnv
  /** Told of each program that starts, so that it can be stopped. */
  onStart: (child: Child) => void
}

/** Services whose seed still has to run. */
export function unseeded({ dataDir, programs }: Pick<SeedOptions, 'dataDir' | 'programs'>): string[] {
  const done = seeded(dataDir)
  return programs.map(([service]) => service).filter((service) => !done.includes(service))
}

/** Runs the seed programs that have not run on this data folder yet, side by side. */
export async function seedAll(options: SeedOptions): Promise<void> {
  const wanted = unseeded(options)
  const programs = options.programs.filter(([service]) => wanted.includes(service))
  await Promise.all(
    programs.map(async ([service, file]) => {
      await runSeed(service, file, options)
      writeFileSync(marker(options.dataDir), JSON.stringify([...seeded(options.dataDir), service]))
    }),
  )
}

async function runSeed(service: string, file: string, options: SeedOptions): Promise<void> {
  const logFile = join(options.logs, `${service}-seed.log`)
  const child = await startChild({
    name: `the seed of ${service}`,
    file: process.execPath,
    args: [file],
    env: options.envOf(service),
    logFile,
    pidFile: pidFileIn(options.run, `${service}-seed`),
  })
  options.onStart(child)
  const { code } = await child.exited
  if (code === 0) return
  throw new ServerError(
    'SERVERS_START_FAILED',
    `The seed of ${service} failed: ${lastWords(child.output())} (log: ${logFile}). Start again, or start fresh with RESET=1.`,
  )
}

function marker(dataDir: string): string {
  return join(dataDir, 'seeded.json')
}

function seeded(dataDir: string): string[] {
  return existsSync(marker(dataDir)) ? (JSON.parse(readFileSync(marker(dataDir), 'utf8')) as string[]) : []
}
