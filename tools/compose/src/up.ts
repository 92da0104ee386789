/** `make compose`: images, .env, `docker compose up`, and a visit booked through the published port. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { buildImages } from '@medqueue/cluster'
import { demoLogins, ROOT } from '@medqueue/embedded'
import { smoke } from '@medqueue/identity/smoke'
import { messageOf, onPath, run } from '@medqueue/servers'

import { readChart } from './chart.ts'
import { envFile, exampleFile, readEnv } from './env-file.ts'
import { compose } from './generated.ts'

const ENV_FILE = join(ROOT, '.env')
/** Longest time until everything is healthy, and then until slots are free. */
const START_SECONDS = 300
const SLOTS_MS = 120_000

async function main(): Promise<void> {
  const docker = await findDocker()
  const { tag, servers } = await buildImages({
    IMAGE_ENGINE: 'docker',
    IMAGE_SERVERS: 'postgres nats redis',
    IMAGE_SAVE: '0',
  })
  const port = writeEnv({
    MEDQUEUE_IMAGE: 'docker.io/local/medqueue',
    MEDQUEUE_TAG: tag,
    POSTGRES_IMAGE: servers.postgres ?? '',
    NATS_IMAGE: servers.nats ?? '',
    REDIS_IMAGE: servers.redis ?? '',
  })
  const began = performance.now()
  await up(docker)
  const healthy = secondsSince(began)
  const url = `http://127.0.0.1:${port}`
  const { tookMs } = await book(url)
  for (const { role, email, password } of demoLogins())
    console.log(`  ${role.padEnd(13)} ${email}  ${password}`)
  console.log(
    `compose: healthy ${healthy} s after \`up\`, a visit booked in ${tookMs} ms after ${secondsSince(began)} s, ${url}; \`docker compose down\` ends it`,
  )
}

async function findDocker(): Promise<string> {
  const docker = await onPath('docker')
  const answers = async (args: string[]) =>
    docker !== undefined &&
    (await run(docker, args, { timeoutMs: 10_000 }).then(
      () => true,
      () => false,
    ))
  if (docker === undefined || !(await answers(['compose', 'version'])) || !(await answers(['version']))) {
    throw new Error(
      '`make compose` needs Docker with its compose plugin, and a daemon that answers. `make up` needs neither.',
    )
  }
  return docker
}

/** What may be said on the command line, and then stays so: Compose is called without us later. */
const SAID = ['MEDQUEUE_PORT', 'BOOKING_WORKERS']

/** Writes .env for these images; returns the published port. */
function writeEnv(images: Readonly<Record<string, string>>): string {
  const chart = readChart(ROOT)
  const { secrets } = compose(chart)
  const known = readEnv(existsSync(ENV_FILE) ? readFileSync(ENV_FILE, 'utf8') : '')
  for (const name of SAID) {
    const value = process.env[name] ?? ''
    if (value !== '') known.set(name, value)
  }
  const text = envFile({ example: exampleFile(chart, secrets), known, images, secrets })
  writeFileSync(ENV_FILE, text, { mode: 0o600 })
  return readEnv(text).get('MEDQUEUE_PORT') ?? ''
}

async function up(docker: string): Promise<void> {
  const args = [
    'compose',
    'up',
    '--detach',
    '--wait',
    '--wait-timeout',
    String(START_SECONDS),
    '--remove-orphans',
  ]
  const code = await new Promise<number | null>((settle, reject) => {
    const child = spawn(docker, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] })
    child.on('error', reject)
    child.on('close', settle)
  })
  if (code !== 0)
    throw new Error('Not everything became healthy: `docker compose logs` of what failed above says why.')
}

/** Books and cancels as the demonstration's patient. Slots are there once the services have told each other of them. */
async function book(url: string): Promise<{ tookMs: number }> {
  const deadline = Date.now() + SLOTS_MS
  for (;;) {
    try {
      return (await smoke({ mode: 'booking', api: new URL(url), issuer: `${url}/oidc` })) as {
        tookMs: number
      }
    } catch (error) {
      if (Date.now() >= deadline) throw error
      await delay(1_000)
    }
  }
}

const secondsSince = (began: number) => ((performance.now() - began) / 1000).toFixed(1)

main().catch((error: unknown) => {
  console.error(messageOf(error))
  process.exitCode = 1
})
