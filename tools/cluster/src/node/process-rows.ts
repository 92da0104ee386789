import { readFileSync } from 'node:fs'

import { processIds, statOf } from '@medqueue/servers'

import type { ProcessRow } from './leftovers.ts'

/** Every process of the machine that can be seen. */
export function processRows(): ProcessRow[] {
  return processIds().flatMap((pid) => {
    const stat = statOf(pid)
    const command = stat === undefined ? undefined : commandOf(pid)
    return stat === undefined || command === undefined ? [] : [{ pid, ppid: stat.parent, command }]
  })
}

function commandOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return undefined // It ended meanwhile.
  }
}
