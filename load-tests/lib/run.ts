import { randomBytes } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

import { audit, AuditError, type AuditReport, auditTable } from '@medqueue/audit'
import { findK6, ServerError } from '@medqueue/servers'

import { type CrewResult, runCrew } from './crew.ts'
import { LoadError } from './errors.ts'
import { renderReport } from './html.ts'
import { openFileLimit } from './open-files.ts'
import { type Plan, planOf } from './plan.ts'
import { finalLine, makeReport, type Report } from './report.ts'
import { split } from './split.ts'
import type { Tally } from './tally.ts'
import { DATA_DIR, findTarget, ROOT, type Target } from './target.ts'
import { adminToken, tokensFor } from './tokens.ts'
import { makeWorld } from './world.ts'

export type Say = (line: string) => void

const OK = 0
const WRONG = 1
const NOT_RUN = 2

/** Runs what the environment asks for. Exit code 0: all right; 1: something is not correct; 2: it could not run. */
export async function run(env: NodeJS.ProcessEnv, say: Say): Promise<number> {
  try {
    const plan = planOf(env)
    const target = await findTarget(env, plan.urls)
    const report = await load(plan, target, { tokensFile: env.TOKENS, say }).finally(target.close)
    for (const reason of report.reasons) say(`✘ ${reason}`)
    say(finalLine(report))
    return report.reasons.length === 0 ? OK : WRONG
  } catch (error) {
    if (!(error instanceof LoadError || error instanceof ServerError)) throw error
    say(`load test not run: ${error.message}`)
    return NOT_RUN
  }
}

interface Context {
  tokensFile: string | undefined
  say: Say
}

/** Beyond the stay of the patients: making them, and their last requests. */
const MORE_SECONDS = 600

async function load(asked: Plan, target: Target, { tokensFile, say }: Context): Promise<Report> {
  const k6 = await findK6(say)
  const folder = join(DATA_DIR, 'reports', `${stamp(new Date())}-${asked.scenario}`)
  await mkdir(folder, { recursive: true })
  const world = await makeWorld(asked, target.urls[0] ?? '', Date.now())
  const plan: Plan = { ...asked, hold: world.hold ?? asked.hold }
  say(`${plan.scenario}: ${[`${plan.vus} virtual patients`, ...world.remarks].join(', ')}`)
  const files = { tokens: join(folder, 'tokens.json'), world: join(folder, 'world.json') }
  try {
    const seconds = plan.ramp + plan.hold + MORE_SECONDS
    const tokens = await tokensFor(target, { count: world.patients, seconds, file: tokensFile, folder })
    const all = plan.room ? [...tokens, await adminToken(target)] : tokens
    await writeFile(files.tokens, JSON.stringify(all), { mode: 0o600 })
    await writeFile(files.world, JSON.stringify(world.content))
    const shares = split(plan.vus, openFileLimit(), target.urls)
    const runId = randomBytes(6).toString('hex')
    const crew = { k6, plan, shares, folder, ...files, runId, processes: target.processes, say }
    const result = await runCrew(crew)
    return await conclude({ plan, target, folder, remarks: world.remarks, say }, result)
  } finally {
    // Tokens are as good as log-ins.
    await rm(files.tokens, { force: true })
  }
}

interface Conclusion {
  plan: Plan
  target: Target
  folder: string
  remarks: string[]
  say: Say
}

/** The audit, then the report in both forms. */
async function conclude(
  { plan, target, folder, remarks, say }: Conclusion,
  result: CrewResult,
): Promise<Report> {
  const { start, end, tally, summaries, exits } = result
  const audited = await auditRun(target, tally, say)
  const processes = result.processes.figures()
  const report = makeReport({ plan, remarks, tally, start, end, processes, summaries, exits, audit: audited })
  await writeFile(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
  await writeFile(join(folder, 'report.html'), renderReport(report))
  await writeFile(
    join(folder, 'answers.jsonl'),
    tally.acknowledged.map((one) => `${JSON.stringify(one)}\n`).join(''),
  )
  for (const [problem, times] of Object.entries(report.problems).slice(0, 10)) say(`  ${times} × ${problem}`)
  if (audited !== undefined && !audited.ok) say(auditTable(audited))
  say(`  report: ${relative(ROOT, join(folder, 'report.html'))}`)
  return report
}

async function auditRun(target: Target, tally: Tally, say: Say): Promise<AuditReport | undefined> {
  say('  auditing …')
  try {
    const { reopened = async () => target } = target
    const { databaseUrl, natsUrl } = await reopened()
    return await audit({ ...target, databaseUrl, natsUrl, acknowledged: tally.acknowledged })
  } catch (error) {
    // Told as a reason of its own: a run without an audit proves nothing.
    say(
      `  the audit failed: ${error instanceof AuditError || error instanceof Error ? error.message : String(error)}`,
    )
    return undefined
  }
}

/** Such as 20270301-093000, in UTC; sorts by time. */
function stamp(now: Date): string {
  return now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')
}
