import { readdirSync, readFileSync } from 'node:fs'

import type { ProcessRow } from './leftovers.ts'

/** Every process of the machine that can be seen. */
export function processRows(): ProcessRow[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0')
        // The second field is the program's name in brackets and may hold spaces.
        const ppid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
        return [{ pid: Number(name), ppid, command }]
      } catch {
        return [] // It ended meanwhile.
      }
    })
}
