import { parseArgs } from 'node:util'

import type { AuditOptions } from './audit.ts'
import { AuditError } from './errors.ts'

/** What the command was asked to do. */
export interface CommandOptions extends AuditOptions {
  /** File for the whole report as JSON. */
  json?: string
}

export const USAGE = `Usage: audit [--database URL] [--nats URL] [--prefix P] [--acknowledged FILE] [--settle SECONDS] [--json FILE]
Without --database and --nats: DATABASE_URL and NATS_URL, else the platform that runs from .data.`

interface Platform {
  urls: { nats: string }
  databases: Record<string, { appUrl: string } | undefined>
}

/** Understands the command line. `platform` is the running one's file, if any. Throws AUDIT_OPTIONS. */
export function parseOptions(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  platform: Platform | undefined,
): CommandOptions {
  const values = parse(args)
  const { acknowledged, json, settle } = values
  const optional = {
    prefix: values.prefix ?? env.SUBJECT_PREFIX,
    acknowledged,
    json,
    settleMs: settle === undefined ? undefined : seconds(settle) * 1_000,
  }
  const given = Object.entries(optional).filter(([, value]) => value !== undefined)
  return {
    databaseUrl: source(values.database, env.DATABASE_URL, platform?.databases.booking?.appUrl),
    natsUrl: source(values.nats, env.NATS_URL, platform?.urls.nats),
    ...Object.fromEntries(given),
  }
}

function source(...candidates: (string | undefined)[]): string {
  const url = candidates.find((candidate) => candidate !== undefined && candidate !== '')
  if (url !== undefined) return url
  throw new AuditError('AUDIT_OPTIONS', `There is nothing to audit: no platform runs here.\n${USAGE}`)
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  const options = { database: text, nats: text, prefix: text, acknowledged: text, settle: text, json: text }
  try {
    return parseArgs({ args: [...args], options, strict: true }).values
  } catch (cause) {
    throw new AuditError(
      'AUDIT_OPTIONS',
      `${cause instanceof Error ? cause.message : String(cause)}\n${USAGE}`,
      {
        cause,
      },
    )
  }
}

function seconds(text: string): number {
  const value = Number(text)
  if (Number.isFinite(value) && value >= 0) return value
  throw new AuditError('AUDIT_OPTIONS', `--settle wants seconds, not ${text}\n${USAGE}`)
}
