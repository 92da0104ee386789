import { setTimeout as delay } from 'node:timers/promises'

import { type Api, bookAndCancel, createApi, logIn } from '@medqueue/identity/smoke'

export interface TrafficOptions {
  /** Gateway or ingress. */
  base: URL
  issuer: string
  signal: AbortSignal
}

/** What was done to the platform. */
export interface Traffic {
  booked: number
  events: number
}

/** Pauses between two rounds; a round books, cancels, searches and logs in, so this is no load test. */
const PAUSE_MS = 200
const DECISION_MS = 60_000

/**
 * Uses everything the dashboards show, until the signal: bookings, searches, reads, also by FHIR, right and wrong log-ins, a
 * live stream through the gateway, paths that do not exist.
 */
export async function makeTraffic({ base, issuer, signal }: TrafficOptions): Promise<Traffic> {
  const token = await logIn(base, issuer)
  const api = createApi(base, token)
  const seen: Traffic = { booked: 0, events: 0 }
  const stream = await openStream(api, base, issuer, () => (seen.events += 1))
  try {
    while (!signal.aborted) {
      await bookAndCancel({ api, decisionMs: DECISION_MS })
      seen.booked += 1
      await browse(createApi(base))
      await guessPassword(base, issuer)
      await delay(PAUSE_MS)
    }
  } finally {
    stream.close()
  }
  return seen
}

async function browse(api: Api): Promise<void> {
  for (const path of ['/v1/specialties', '/v1/clinics?limit=5', '/v1/doctors?limit=5', '/fhir/R4/metadata'])
    await api.call('GET', path)
  await api.call('GET', '/v1/appointments', { expected: [401] })
  await api.call('GET', '/v1/rotas', { expected: [401] })
}

/** One wrong password; refused, or slowed down after the first ones. */
async function guessPassword(base: URL, issuer: string): Promise<void> {
  await logIn(base, issuer, { email: 'nobody@demo.medqueue.dev', password: 'not-the-password' }).catch(
    () => undefined,
  )
}

async function openStream(api: Api, base: URL, issuer: string, onEvent: () => void): Promise<WebSocket> {
  const { body } = await api.call('POST', '/v1/stream/tickets', { body: {}, expected: [201] })
  const url = new URL(`/v1/stream?ticket=${String(body.ticket)}`, base)
  url.protocol = base.protocol.replace('http', 'ws')
  // A page of the public address opens it.
  const socket = new WebSocket(url, { headers: { origin: new URL(issuer).origin } })
  socket.addEventListener('message', onEvent)
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () => reject(new Error('the live stream could not be opened')))
  })
  return socket
}
