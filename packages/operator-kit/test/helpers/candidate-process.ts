/** A process that leads when it may, and counts as fast as it can while it does. Ends with its parent. */
import { createClient, createLeaderElector, isConflict, LeadershipLostError } from '../../src/index.ts'
import { COUNTER, counters, LEASE } from './candidates.ts'

const [server = '', identity = ''] = process.argv.slice(2)
process.stdin.on('end', () => process.exit(2)).resume()

const kubeConfig = { getCurrentCluster: () => ({ server }), applyToHTTPSOptions: async () => undefined }
const client = createClient({ kubeConfig, fieldManager: identity })
// The rules of 15, 10 and 2 s at a fifteenth of their time.
const timing = { leaseDurationMs: 1_000, renewDeadlineMs: 670, retryPeriodMs: 130 }
const elector = createLeaderElector({
  ...timing,
  client,
  lease: LEASE,
  identity,
  onStartedLeading: (signal) => void count(signal),
})
const guarded = client.guardedBy(() => elector.assertLeading())

async function count(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const counter = await guarded.get(counters, COUNTER, { signal })
      const value = String(Number(counter.data.value) + 1)
      await guarded.update(counters, { ...counter, data: { value } }, { signal })
    } catch (error) {
      const ended = error instanceof LeadershipLostError || error === signal.reason
      if (!ended && !isConflict(error)) throw error
    }
  }
}

elector.run().catch(() => process.exit(1))
