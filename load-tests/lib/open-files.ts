import { readFileSync } from 'node:fs'

/** The limit where the system does not tell one. */
const COMMON = 1_024

/** How many files a process started from here may open: the hard limit, which k6 raises itself to. */
export function openFileLimit(): number {
  try {
    const [, hard] = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? []
    return hard === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(hard ?? COMMON)
  } catch {
    return COMMON
  }
}
