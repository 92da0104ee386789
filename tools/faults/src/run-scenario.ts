import { audit, type AuditReport, type Group } from '@medqueue/audit'

import { type Answer, OUTCOMES, type Outcome } from './books/answer.ts'
import { effectsFound } from './books/effects.ts'
import { acknowledgementsOf, countsOf, judge, type Verdict } from './books/judge.ts'
import { type Play, RECOVERY_LIMIT_MS, type Scenario } from './scenario.ts'
import { withClient } from './stage/database.ts'
import { createStage, type Stage, type World } from './stage/stage.ts'
import { listEffects } from './store/list-effects.ts'

export interface Result {
  name: string
  planted: boolean
  passed: boolean
  /** Why not. */
  failures: string[]
  /** What showed that the fault was there. */
  saw: string[]
  recoveriesMs: number[]
  counts: Partial<Record<Outcome, number>>
  totals: Partial<Record<Group, number>>
  /** The answers' and the audit's figures together. */
  lost: number
  double: number
  order: number
  seconds: number
}

const WARM_UP_LIMIT_MS = 30_000
const SETTLE_MS = 20_000

/**
 * Sets the stage, lets the fault happen under load, and looks at what is left of every promise. Never throws; what has
 * not ended after the limit (milliseconds) has failed.
 */
export async function runScenario(world: World, scenario: Scenario, limitMs: number): Promise<Result> {
  const started = performance.now()
  const protocol = new Protocol(scenario)
  let stage: Stage | undefined
  const expired = new AbortController()
  const timer = setTimeout(() => {
    protocol.failures.push(`did not end within ${(limitMs / 1000).toFixed(0)} s`)
    expired.abort()
  }, limitMs)
  try {
    stage = await createStage(world, { ...scenario.stage, name: scenario.name })
    await Promise.race([perform(scenario, stage, protocol), aborted(expired.signal)])
  } catch (error) {
    protocol.fail(error)
  } finally {
    clearTimeout(timer)
    await stage?.close().catch((error: unknown) => protocol.fail(error))
  }
  return protocol.result((performance.now() - started) / 1000)
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

async function perform(scenario: Scenario, stage: Stage, protocol: Protocol): Promise<void> {
  const now = () => performance.timeOrigin + performance.now()
  const play: Play = {
    ...stage,
    now,
    saw: (what) => void protocol.saw.push(what),
    recovers: async (since) => {
      const took = await stage.load.recovery(since, 2 * RECOVERY_LIMIT_MS)
      protocol.recovered(took)
    },
  }
  if (scenario.stage?.withoutWorkers !== true) await warmUp(stage, now())
  await scenario.run(play).catch((error: unknown) => protocol.fail(error))
  const answers = await stage.load.finish()
  protocol.answered(answers)
  const effects = await withClient(stage.database.adminUrl, listEffects)
  protocol.failures.push(...effectsFound(effects, answers))
  protocol.audited(await auditStage(stage, answers))
  for (const process of [...stage.apis, ...stage.workers]) {
    if (process.surprises() > 0)
      protocol.failures.push(`${process.name} ended by itself ${process.surprises()} times`)
  }
}

async function warmUp({ load }: Stage, since: number): Promise<void> {
  if ((await load.recovery(since, WARM_UP_LIMIT_MS)) === undefined)
    throw new Error('the platform did not start to book')
}

async function auditStage(
  { database, servers, prefix }: Stage,
  answers: readonly Answer[],
): Promise<AuditReport> {
  return audit({
    databaseUrl: database.adminUrl,
    natsUrl: servers.natsUrl,
    prefix,
    acknowledged: acknowledgementsOf(answers),
    settleMs: SETTLE_MS,
  })
}

const EXAMPLES = 3

/** Collects what a scenario shows, and judges it in the end. */
class Protocol {
  readonly failures: string[] = []
  readonly saw: string[] = []
  readonly #scenario: Scenario
  readonly #recoveriesMs: number[] = []
  #counts: Result['counts'] = {}
  #verdict: Verdict = { lost: [], double: [], wrong: [] }
  #audit: AuditReport | undefined

  constructor(scenario: Scenario) {
    this.#scenario = scenario
  }

  fail(error: unknown): void {
    this.failures.push(error instanceof Error ? error.message : String(error))
  }

  recovered(tookMs: number | undefined): void {
    this.#recoveriesMs.push(tookMs ?? Infinity)
    if ((tookMs ?? Infinity) <= RECOVERY_LIMIT_MS) return
    const took =
      tookMs === undefined ? `more than ${(2 * RECOVERY_LIMIT_MS) / 1000}` : (tookMs / 1000).toFixed(1)
    this.failures.push(`recovery took ${took} s`)
  }

  answered(answers: readonly Answer[]): void {
    this.#counts = countsOf(answers)
    this.#verdict = judge(answers)
    for (const [what, cases] of Object.entries(this.#verdict) as [string, string[]][]) {
      if (cases.length > 0)
        this.failures.push(`${cases.length} ${what}: ${cases.slice(0, EXAMPLES).join('; ')}`)
    }
    const decided = answers.filter(({ outcome }) => OUTCOMES[outcome] === 'decided').length
    if (decided === 0) this.failures.push('nothing was decided: there was no load')
  }

  audited(report: AuditReport): void {
    this.#audit = report
    for (const { kind, count, examples } of report.findings) {
      if (count > 0)
        this.failures.push(`audit: ${kind}=${count} ${JSON.stringify(examples.slice(0, EXAMPLES))}`)
    }
  }

  result(seconds: number): Result {
    const { name, planted } = this.#scenario
    const { lost, double } = this.#verdict
    const found = (group: Group) => this.#audit?.totals[group] ?? 0
    return {
      name,
      planted: planted !== undefined,
      passed: planted === undefined ? this.failures.length === 0 : found(planted) > 0,
      failures: planted === undefined ? this.failures : [`the audit saw no ${planted}`, ...this.failures],
      saw: this.saw,
      recoveriesMs: this.#recoveriesMs,
      counts: this.#counts,
      totals: this.#audit?.totals ?? {},
      lost: lost.length + found('lost'),
      double:
        double.length +
        found('doctor_double_bookings') +
        found('patient_double_bookings') +
        found('resource_double_bookings') +
        found('duplicate_effects'),
      order: found('order_violations'),
      seconds,
    }
  }
}
