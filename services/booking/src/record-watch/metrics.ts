import { Gauge, type Registry } from 'prom-client'

import type { Violation } from '../store/count-violations.ts'
import type { Guard } from '../store/list-guards.ts'

export interface RecordMetrics {
  setGuards: (guards: Readonly<Record<Guard, boolean>>) => void
  /** Counts of the round, and the time now (Unix ms). */
  setViolations: (violations: Readonly<Record<Violation, number>>, nowMs: number) => void
}

/** Figures of the watch over the record. What could not be looked at keeps its figures, and its time falls behind. */
export function recordMetrics(registry: Registry): RecordMetrics {
  const registers = [registry]
  const violations = new Gauge({
    name: 'booking_record_violations',
    help: 'Upcoming appointments that must not be, by kind: anything but 0 is a double booking or a defect',
    labelNames: ['kind'],
    registers,
  })
  const guard = new Gauge({
    name: 'booking_record_guard',
    help: 'Constraints against double bookings: 1 in force, 0 missing or weakened',
    labelNames: ['constraint'],
    registers,
  })
  const lookedAt = new Gauge({
    name: 'booking_record_looked_at_timestamp_seconds',
    help: 'When the record was last looked at',
    registers,
  })
  return {
    setGuards: (guards) => {
      for (const [constraint, inForce] of Object.entries(guards)) guard.set({ constraint }, +inForce)
    },
    setViolations: (counts, nowMs) => {
      for (const [kind, count] of Object.entries(counts)) violations.set({ kind }, count)
      lookedAt.set(nowMs / 1_000)
    },
  }
}
