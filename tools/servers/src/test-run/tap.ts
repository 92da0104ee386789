/** Counts of one ava run, read from its TAP output (version 13). */
export interface TapCounts {
  passed: number
  failed: number
  skipped: number
}

export interface TapReader extends TapCounts {
  /** True once the plan line (`1..N`) has been read: ava came to its end. */
  complete: boolean
  /** Titles of the tests that failed, in the order of their end. */
  failures: string[]
}

export interface TapLine {
  /** What the line is worth to a reader: a result, or the text below a failure. */
  kind: 'passed' | 'failed' | 'skipped' | 'detail' | 'noise'
  text: string
}

export function newTapReader(): TapReader {
  return { passed: 0, failed: 0, skipped: 0, complete: false, failures: [] }
}

const RESULT = /^(ok|not ok)(?: \d+)?(?: - (.*))?$/
const PLAN = /^1\.\.\d+/

/** Takes in one line and says what it was. */
export function readTapLine(reader: TapReader, line: string): TapLine {
  if (PLAN.test(line)) reader.complete = true
  const [, verdict, title = ''] = RESULT.exec(line) ?? []
  if (verdict === undefined)
    return { kind: line.startsWith('    ') || line.startsWith('  ') ? 'detail' : 'noise', text: line }
  const kind = outcome(verdict, title)
  reader[kind] += 1
  if (kind === 'failed') reader.failures.push(title)
  return { kind, text: title }
}

function outcome(verdict: string, title: string): 'passed' | 'failed' | 'skipped' {
  if (/# (skip|todo)\b/i.test(title)) return 'skipped'
  return verdict === 'ok' ? 'passed' : 'failed'
}
