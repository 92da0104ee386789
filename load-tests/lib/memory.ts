import { readFileSync } from 'node:fs'
import { freemem } from 'node:os'

const KIB = 1024

/** What one virtual patient takes with Go's usual rhythm of collecting garbage. */
const USUAL = 380 * KIB

/** Bytes that may still be used without driving anybody out. */
export function availableMemory(): number {
  try {
    const kilobytes = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'latin1'))?.[1]
    return kilobytes === undefined ? freemem() : Number(kilobytes) * KIB
  } catch {
    return freemem()
  }
}

/**
 * GOGC for k6: Go's usual 100 where there is room, else 40, which spares a quarter of the memory and takes more of the
 * processor from what is being measured.
 */
export function gcPercent(vus: number, available: number): number {
  return vus * USUAL < 0.7 * available ? 100 : 40
}
