import type { Findings } from '../findings.ts'
import type { QueuedEntry } from '../sources/queue.ts'
import type { Ledger } from '../sources/rows.ts'

/** What is left in the queue must be undecided, and what counts as done must be decided. */
export function checkQueue(
  ledger: Ledger,
  entries: readonly QueuedEntry[],
  createdAt: string,
  findings: Findings,
): void {
  for (const { id, partition, seq } of entries) {
    if (ledger.requests.has(id)) continue
    const lease = ledger.leases.get(partition)
    const committed = lease?.streamCreatedAt === createdAt ? lease.committedSeq : 0
    const kind = seq <= committed ? 'committed_without_decision' : 'still_queued'
    findings.add(kind, { request: id, partition, seq, committed })
  }
}
