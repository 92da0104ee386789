import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { audit, type AuditReport } from '@medqueue/audit'
import { acknowledgementsOf } from '@medqueue/faults'
import { chooseHotSlots } from '@medqueue/load-tests/slots'
import type { ExecutionContext } from 'ava'

import { type Load, type LoadOptions, startLoad } from './load/load.ts'
import { type LoadOutcome, outcomeOf } from './load/outcome.ts'
import { makePatients } from './load/patients.ts'
import type { Outcome } from './report/figures.ts'
import type { Act } from './suite.ts'
import type { World } from './world.ts'

const PATIENTS = 500
const SLOTS = 4_000
const PROGRESS_MS = 10_000
const SETTLE_MS = 60_000

export interface UnderLoad extends LoadOutcome {
  audit: AuditReport
}

export type Pace = Pick<LoadOptions, 'rate' | 'reads'>

/**
 * Does something while patients book through the ingress, and then looks at every promise: each acknowledged request
 * must have one decision, no answer may be wrong, and the audit of database, queue and events must find nothing.
 */
export async function underLoad(
  { t, world, tell, say }: Act,
  pace: Pace,
  work: (load: Load) => Promise<void>,
): Promise<UnderLoad> {
  const { platform } = world
  const patients = await makePatients(platform, PATIENTS)
  const slots = shuffled(await chooseHotSlots(platform.base.origin, SLOTS, Date.now()))
  const load = startLoad({ base: platform.base, patients, slots, ...pace })
  const progress = setInterval(() => {
    say(`${load.answers.length} answers, ${load.open()} requests open`)
  }, PROGRESS_MS)
  try {
    await work(load)
  } finally {
    await load.finish()
    clearInterval(progress)
  }
  keep(load, t.title)
  const outcome = { ...outcomeOf(load.answers, load.reads), audit: await auditRun(world, load) }
  tell(figuresOf(outcome))
  expectSound(t, outcome)
  return outcome
}

/** Every answer, for whoever looks for a reason. */
function keep({ answers }: Load, title: string): void {
  const folder = process.env.E2E_FOLDER ?? ''
  if (folder === '') return
  const name = title
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, '-')
    .slice(0, 40)
  writeFileSync(
    join(folder, `${name}.jsonl`),
    answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''),
  )
}

async function auditRun({ withServers }: World, { answers }: Load): Promise<AuditReport> {
  return withServers(async (servers) =>
    audit({ ...servers, acknowledged: acknowledgementsOf(answers), settleMs: SETTLE_MS }),
  )
}

const findingsOf = ({ totals }: AuditReport): number =>
  Object.values(totals).reduce((sum, count) => sum + count, 0)

function figuresOf(outcome: UnderLoad): Outcome['figures'] {
  const { requests, booked, putOff, unanswered, p50Ms, p99Ms, maxMs } = outcome
  const { lost, double, wrong } = outcome
  return {
    ...{ requests, booked, putOff, unanswered, p50Ms, p99Ms, maxMs },
    ...{ lost: lost.length, double: double.length, wrong: wrong.length, audit: findingsOf(outcome.audit) },
    auditS: Math.round(outcome.audit.seconds),
  }
}

const EXAMPLES = 5

function expectSound(t: ExecutionContext, { booked, lost, double, wrong, audit: report }: UnderLoad): void {
  t.true(booked > 0, 'nothing was booked: there was no load')
  // First, because who is told something wrong asks no more.
  t.deepEqual(wrong.slice(0, EXAMPLES), [], `${wrong.length} answers must not be given`)
  t.deepEqual(lost.slice(0, EXAMPLES), [], `${lost.length} promises were not kept`)
  t.deepEqual(double.slice(0, EXAMPLES), [], `${double.length} requests had more than one effect`)
  const found = report.findings.filter(({ count }) => count > 0)
  t.deepEqual(found, [], 'the audit found something')
}

/** Neighbours in the search are of one hour; patients spread over doctors and days. */
function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
