import { readFileSync } from 'node:fs'
import { freemem } from 'node:os'

const KIB = 1024

/** Rhythms of collecting garbage (GOGC), laziest first, each with what a virtual patient takes then; measured. */
const RHYTHMS = [
  { percent: 200, patient: 550 * KIB },
  { percent: 100, patient: 420 * KIB },
] as const

/** Where memory is short. */
const EAGER = 40

/** Share of the memory that is there which k6 may take. */
const SHARE = 0.65

/** Bytes that may still be used without driving anybody out. */
export function availableMemory(): number {
  try {
    const kilobytes = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'latin1'))?.[1]
    return kilobytes === undefined ? freemem() : Number(kilobytes) * KIB
  } catch {
    return freemem()
  }
}

/** GOGC for k6: the more memory there is, the less of the processor is taken from what is being measured. */
export function gcPercent(vus: number, available: number): number {
  return RHYTHMS.find(({ patient }) => vus * patient < SHARE * available)?.percent ?? EAGER
}
