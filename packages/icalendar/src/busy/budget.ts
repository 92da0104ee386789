import { BusyError, type BusyFault } from './errors.ts'

/** Counts down; throws the fault once more has been taken than was there. */
export function createBudget(amount: number, fault: BusyFault): { take: () => void } {
  let left = amount
  return {
    take: () => {
      if (left <= 0) throw new BusyError(fault)
      left -= 1
    },
  }
}

export type Budget = ReturnType<typeof createBudget>
