import { bookAndCancel, createApi, logIn } from '@medqueue/identity/smoke'

import { behaviour } from '../src/suite.ts'
import { INSTALLATION } from '../src/world.ts'

const DECISION_MS = 60_000

behaviour(
  'a patient logs in through the ingress, books a free slot, reads it back, and cancels it',
  async ({ t, world, tell }) => {
    const { base, issuer } = world.platform
    const token = await logIn(base, issuer)
    // Asks twice under one key, reads the appointment, and throws unless all of that fits.
    const { id, status, tookMs } = await bookAndCancel({
      api: createApi(base, token),
      decisionMs: DECISION_MS,
    })
    t.true(['booked', 'pending'].includes(status), `status ${status}`)
    const { body } = await createApi(base, token).call('GET', `/v1/appointments/${id}`)
    t.is(body.status, 'cancelled')
    tell({ bookingMs: tookMs })
  },
)

behaviour('the chart’s own test books inside the cluster', async ({ t, world }) => {
  const { release, namespace } = INSTALLATION
  const said = await world.helm(['test', release, '--namespace', namespace, '--timeout', '3m'])
  t.regex(said, /Phase:\s+Succeeded/)
})
