/** What the operator is put into; nothing happens in any of them. */
export interface Situation {
  name: string
  /** Folder below controllers/ of the controller that has to do with it. */
  controller: 'worker-pool' | 'booking-queue'
  /** What the objects are; what it costs is told by their number. */
  of: 'pools' | 'queues'
  /** Of each pool. */
  workers: number
}

export const SITUATIONS: readonly Situation[] = [
  { name: 'pools asleep', controller: 'worker-pool', of: 'pools', workers: 0 },
  { name: 'pools awake', controller: 'worker-pool', of: 'pools', workers: 1 },
  { name: 'queues', controller: 'booking-queue', of: 'queues', workers: 0 },
]
