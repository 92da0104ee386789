import type { Figures, Recording } from './measure/recording.ts'
import { nameOf, type Run } from './plan.ts'

/** What is measured and what measures: hashes of their sources. */
export interface Code {
  /** The worker-pool controller, what it stands on and how it is installed, as in the cluster. */
  operator: string
  /** The workers, as in the cluster. */
  worker: string
  /** What decides how a run goes and how it is measured; not how it is told. */
  bench: string
  /** Of the checkout that the bench ran from; with `-dirty` when files differed from it. */
  commit: string
}

/** Where a run comes from. Moments are ISO 8601 in UTC. */
export interface Origin {
  /** When the bench was started that the run belongs to. */
  sitting: string
  began: string
  /** When the trace began. */
  started: string
  ended: string
  code: Code
}

/** A run, what was seen in it, and where it comes from. */
export interface Measured {
  run: Run
  figures: Figures
  recording: Recording
  origin: Origin
}

/** What must be the same for two runs of the lane to belong together. KEDA's programs are of one fixed version. */
function partsOf({ lane }: Run): (keyof Code)[] {
  return lane === 'medqueue' ? ['operator', 'worker', 'bench'] : ['worker', 'bench']
}

/**
 * The runs that are left when those of an earlier sitting are kept. Throws a RangeError when one of them was measured
 * with other code than there is now: figures of both in one row would be of nothing that exists.
 */
export function leftOf(runs: readonly Run[], kept: readonly Measured[], code: Code): Run[] {
  for (const { run, origin } of kept) {
    const other = partsOf(run).find((part) => origin.code[part] !== code[part])
    if (other === undefined) continue
    const codes = `${origin.code[other]}, now ${code[other]}`
    throw new RangeError(
      `${nameOf(run)} of ${origin.began} was measured with another ${other} (${codes}). Put the code back, delete the runs that differ, or begin a new report.`,
    )
  }
  const there = new Set(kept.map(({ run }) => nameOf(run)))
  return runs.filter((run) => !there.has(nameOf(run)))
}
