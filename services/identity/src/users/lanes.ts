import { createGate, type Gate } from '../crypto/gate.ts'

export interface Lanes {
  /** Runs the work after all earlier work under the same key. Rejects with GateFullError when too many wait there. */
  run: <T>(key: string, work: () => Promise<T>) => Promise<T>
}

/** One at a time under each key; different keys do not wait for each other. Keeps nothing for a key at rest. */
export function createLanes({ queue }: { queue: number }): Lanes {
  const lanes = new Map<string, { gate: Gate; users: number }>()
  return {
    run: async (key, work) => {
      const lane = lanes.get(key) ?? { gate: createGate({ concurrency: 1, queue }), users: 0 }
      lanes.set(key, lane)
      lane.users++
      try {
        return await lane.gate.run(work)
      } finally {
        lane.users--
        if (lane.users === 0) lanes.delete(key)
      }
    },
  }
}
