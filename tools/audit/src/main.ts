import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

import { audit } from './audit.ts'
import { AuditError } from './errors.ts'
import { parseOptions } from './options.ts'
import { auditLine, auditTable } from './report.ts'

const CLEAN = 0
const FOUND = 1
const NOT_AUDITED = 2

const ROOT = resolve(import.meta.dirname, '../../..')
const PLATFORM_FILE = resolve(ROOT, process.env.MEDQUEUE_DATA ?? '.data', 'platform.json')

async function main(): Promise<number> {
  const platform = existsSync(PLATFORM_FILE)
    ? (JSON.parse(readFileSync(PLATFORM_FILE, 'utf8')) as Parameters<typeof parseOptions>[2])
    : undefined
  const { json, ...options } = parseOptions(process.argv.slice(2), process.env, platform)
  const report = await audit(options)
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`)
  console.log(auditTable(report))
  console.log(auditLine(report))
  return report.ok ? CLEAN : FOUND
}

try {
  process.exitCode = await main()
} catch (error) {
  const known = error instanceof AuditError || error instanceof Error
  console.error(`audit failed: ${known ? error.message : String(error)}`)
  process.exitCode = NOT_AUDITED
}
