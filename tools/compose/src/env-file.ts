import { randomBytes } from 'node:crypto'

import { type Chart, referenceOf } from './chart.ts'
import type { SecretVariable } from './secrets.ts'

const MADE_WITH = {
  hex: 'openssl rand -hex 32',
  base64: 'openssl rand -base64 32',
  base64url: 'openssl rand -hex 32',
} as const

/** .env.example: every variable of the Compose file with what it means. */
export function exampleFile({ values, version }: Chart, secrets: readonly SecretVariable[]): string {
  const { registry, repository } = values.image
  return `# What compose.yaml reads from .env. Written by \`make generate-compose\`; explained in tools/compose/README.md.
# \`make compose\` writes .env from this: with the images that it builds, and with secrets that it makes.

# Port of the gateway on 127.0.0.1, the only one that is published. It is part of every token.
MEDQUEUE_PORT=8080

# Booking workers. Nothing here scales them: the operator is for Kubernetes.
BOOKING_WORKERS=${values.bookingWorker.replicas}

# Images of the services are MEDQUEUE_IMAGE-<service>:MEDQUEUE_TAG.
MEDQUEUE_IMAGE=${registry}/${repository}
MEDQUEUE_TAG=${version}

# Images of the servers: those of the projects, or others that start like them.
POSTGRES_IMAGE=${referenceOf(values.postgresql)}
NATS_IMAGE=${referenceOf(values.nats)}
REDIS_IMAGE=${referenceOf(values.redis)}

# Least severe lines that are logged: trace, debug, info, warn, error, fatal, silent.
# LOG_LEVEL=info

# Requests a minute for each caller, or each address without a token; 0 turns limiting off.
# RATE_LIMIT_PER_MINUTE=600

# off: no waiting room; manual: an administrator opens it; auto: overload opens it too; on: always.
# WAITING_ROOM_MODE=manual

# Secrets. They belong to the data in the volumes: who has lost the one cannot read the other.
${secrets.map(({ variable, encoding }) => `# ${MADE_WITH[encoding]}\n${variable}=\n`).join('')}`
}

/** A line that sets a variable, or would. */
const LINE = /^(# )?([A-Z][A-Z0-9_]*)=(.*)$/

/** The variables that a file of this kind sets. */
export function readEnv(text: string): Map<string, string> {
  const lines = text.split('\n').map((line) => LINE.exec(line))
  return new Map(
    lines.flatMap((match) =>
      match === null || match[1] !== undefined ? [] : [[match[2] ?? '', match[3] ?? '']],
    ),
  )
}

export interface EnvRequest {
  example: string
  /** What .env says so far. */
  known: ReadonlyMap<string, string>
  /** What is to be so whatever it said: the images of this build. */
  images: Readonly<Record<string, string>>
  secrets: readonly SecretVariable[]
  /** Bytes that nobody can guess. */
  random?: (size: number) => Buffer
}

/** .env: what a person has set stays, what has no value yet and is a secret is made. */
export function envFile({ example, known, images, secrets, random = randomBytes }: EnvRequest): string {
  const values = new Map([...known, ...Object.entries(images)])
  for (const { variable, encoding } of secrets) {
    if ((values.get(variable) ?? '') === '') values.set(variable, random(32).toString(encoding))
  }
  const told = new Set<string>()
  const lines = example.split('\n').map((line) => {
    const name = LINE.exec(line)?.[2]
    if (name === undefined) return line
    told.add(name)
    return values.has(name) ? `${name}=${values.get(name) ?? ''}` : line
  })
  const others = [...values].filter(([name]) => !told.has(name)).map(([name, value]) => `${name}=${value}\n`)
  return lines.join('\n') + others.join('')
}
