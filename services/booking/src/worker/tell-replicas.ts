import { namesOf } from '@medqueue/contracts'
import type { Broker } from '@medqueue/messaging'

import type { OutcomeMessage } from '../intake/encoding.ts'
import type { LogEntry } from './log-reader.ts'

/** Tells the replicas that wait what was decided: one message each. */
export function tellReplicas(
  { broker, prefix }: { broker: Broker; prefix: string },
  entries: readonly LogEntry[],
  outcomes: readonly string[],
): void {
  const { subjects } = namesOf(prefix)
  const byReplica = new Map<string, OutcomeMessage>()
  for (const [index, { batch }] of entries.entries()) {
    if (batch === undefined) continue
    const message = byReplica.get(batch.replica) ?? []
    message.push([batch.batch, outcomes[index] ?? ''])
    byReplica.set(batch.replica, message)
  }
  for (const [replica, message] of byReplica)
    broker.nc.publish(subjects.decisions(replica), JSON.stringify(message))
}
