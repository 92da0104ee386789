/** What one call of the test runner is to do. */
export interface TestPlan {
  /** Test files or patterns for ava; empty means all of them. */
  files: string[]
  /** Lint and type check first. */
  checks: boolean
  /** Print each test that passes, too. */
  verbose: boolean
}

/**
 * Understands `-- ava <files…>`, `--only <files…>` and `--verbose`. Without files everything is checked and tested;
 * with files only those run.
 */
export function parseArguments(args: readonly string[]): TestPlan {
  const words = args.filter(
    (word) => word !== '--' && word !== 'ava' && word !== '--only' && word !== '--watchless',
  )
  const files = words.filter((word) => word !== '--verbose')
  return { files, checks: files.length === 0, verbose: files.length > 0 || words.includes('--verbose') }
}
