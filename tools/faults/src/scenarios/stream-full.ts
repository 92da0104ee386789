import type { Scenario } from '../scenario.ts'

/** Some hundreds of requests. */
const QUEUE_BYTES = 256 * 1024
const REFUSED = 300
const FILL_LIMIT_MS = 30_000

/** A full queue is told as 503, and what it holds is decided when workers come. */
export const streamFull: Scenario = {
  name: 'stream-full',
  title: 'the stream full while no worker runs',
  stage: { env: { BOOKING_QUEUE_MAX_BYTES: String(QUEUE_BYTES) }, withoutWorkers: true },
  run: async ({ workers, load, now, recovers, saw }) => {
    await load.reaches(REFUSED, ({ code }) => code === 'BOOKING_QUEUE_FULL', FILL_LIMIT_MS)
    const queued = load.count(({ outcome }) => outcome === 'queued')
    if (load.count(({ status }) => status === 201) > 0) throw new Error('a worker ran before its time')
    const since = now()
    await Promise.all(workers.map((worker) => worker.start()))
    await recovers(since)
    saw(`${queued} queued and ${REFUSED} refused as full before a worker came`)
  },
}
