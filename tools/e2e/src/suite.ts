import { appendFileSync } from 'node:fs'
import { join } from 'node:path'

import test, { type ExecutionContext } from 'ava'

import { type Outcome, OUTCOMES } from './report/figures.ts'
import { openWorld, type World } from './world.ts'

export interface Act {
  t: ExecutionContext
  world: World
  /** Keeps what was measured. */
  tell: (figures: Outcome['figures']) => void
  /** Shows how far it is. */
  say: (line: string) => void
}

/** Minutes after which a behaviour is given up, unless it says otherwise. */
const USUAL_MINUTES = 8

let world: World | undefined

/** A test of one behaviour of the whole product in a cluster; its outcome and figures go into the report. */
export function behaviour(
  title: string,
  act: (context: Act) => Promise<void>,
  { minutes = USUAL_MINUTES }: { minutes?: number } = {},
): void {
  test.serial(title, async (t) => {
    t.timeout(minutes * 60_000, `it took longer than ${minutes} minutes`)
    const began = performance.now()
    const outcome: Outcome = { title, passed: false, seconds: 0, figures: {} }
    try {
      world ??= await openWorld(process.env)
      await act({ t, world, tell: (figures) => Object.assign(outcome.figures, figures), say })
      outcome.passed = true
    } finally {
      outcome.seconds = Math.round((performance.now() - began) / 100) / 10
      const folder = process.env.E2E_FOLDER ?? ''
      if (folder !== '') appendFileSync(join(folder, OUTCOMES), `${JSON.stringify(outcome)}\n`)
    }
  })
}

/** Ava shows what a test writes here at once. */
function say(line: string): void {
  process.stderr.write(`    ${line}\n`)
}
