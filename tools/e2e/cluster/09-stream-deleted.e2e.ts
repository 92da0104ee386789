import { waitFor } from '@medqueue/cluster'
import { bookAndCancel, createApi, logIn } from '@medqueue/identity/smoke'

import { QUEUES } from '../src/kube/kinds.ts'
import { withStreams } from '../src/kube/streams.ts'
import { behaviour } from '../src/suite.ts'
import { INSTALLATION } from '../src/world.ts'

const BACK_MS = 20_000
const DECISION_MS = 60_000

behaviour(
  'a stream that somebody deletes is made anew, and patients book again',
  async ({ t, world, tell }) => {
    const { client, platform } = world
    // What waits would go with the stream. The status tells of the last look, which may be seconds ago.
    const before = await waitFor(
      async () => {
        const queue = await client.get(QUEUES, INSTALLATION.queue)
        if (queue.status?.depth !== 0) throw new Error(`${queue.status?.depth} wait`)
        return queue
      },
      { what: 'an empty queue', timeoutMs: BACK_MS },
    )
    const { stream } = before.spec
    await world.withServers(async ({ natsUrl }) =>
      withStreams(natsUrl, async (streams) => {
        const old = await streams.find(stream)
        await streams.delete(stream)
        const began = performance.now()
        const made = await waitFor(
          async () => {
            const info = await streams.find(stream)
            if (info === undefined) throw new Error('there is none')
            return info
          },
          { what: 'the stream', timeoutMs: BACK_MS, everyMs: 20 },
        )
        tell({ streamBackMs: Math.round(performance.now() - began) })
        t.not(made.created, old?.created)
        t.is(made.config.max_bytes, before.spec.limits.maxBytes, 'as the queue asks for')
        t.deepEqual(made.config.subjects, old?.config.subjects)
      }),
    )
    await waitFor(
      async () => {
        const { status } = await client.get(QUEUES, INSTALLATION.queue)
        const corrected = (status?.driftCorrected ?? 0) - (before.status?.driftCorrected ?? 0)
        if (corrected < 1) throw new Error('nothing is told of it')
      },
      { what: 'the count of corrections', timeoutMs: BACK_MS },
    )
    const token = await logIn(platform.base, platform.issuer)
    const { tookMs } = await bookAndCancel({ api: createApi(platform.base, token), decisionMs: DECISION_MS })
    tell({ bookedAgainMs: tookMs })
  },
)
