/** What the validator says of one file. */
export interface Finding {
  file: string
  /** Undefined when nothing is wrong. */
  fault: string | undefined
}

/** Reads the lines `ok|error <tab> file <tab> fault`. Throws for any other line. */
export function readFindings(output: string): Finding[] {
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  return lines.map((line) => {
    const [outcome, file, fault = ''] = line.split('\t')
    if ((outcome !== 'ok' && outcome !== 'error') || file === undefined) {
      throw new Error(`the validator said something else: ${line}`)
    }
    return { file, fault: outcome === 'ok' ? undefined : fault }
  })
}

export interface Verdict {
  passed: boolean
  lines: string[]
}

/**
 * Passed when there were messages, none of them has a fault, and every broken control was found out: a validator that
 * finds nothing in those would find nothing at all.
 */
export function judge(messages: readonly Finding[], controls: readonly Finding[]): Verdict {
  const faults = messages.filter(({ fault }) => fault !== undefined)
  const missed = controls.filter(({ fault }) => fault === undefined)
  const lines = [
    ...faults.map(({ file, fault }) => `✘ ${file}: ${fault ?? ''}`),
    ...missed.map(({ file }) => `✘ ${file} is broken on purpose, and was not found out`),
    `${messages.length} calendar messages, ${faults.length} errors; ` +
      `${controls.length - missed.length} of ${controls.length} broken ones found out`,
  ]
  const passed = messages.length > 0 && controls.length > 0 && faults.length + missed.length === 0
  return { passed, lines }
}
