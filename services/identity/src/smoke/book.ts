import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'

import { type Answer, type Api, SmokeError } from './api.ts'

export interface BookOptions {
  api: Api
  /** Longest wait for the decision; milliseconds. A pool that sleeps has to start a worker first. */
  decisionMs: number
}

export interface Booked {
  id: string
  status: string
  /** From the request to the decision; milliseconds. */
  tookMs: number
}

interface Slot {
  doctorId: string
  serviceId: string
  start: string
}

/** Others book too: the slot that was free a moment ago may be taken. */
const TRIES = 5
const POLL_MS = 500

/** Books the next free slot, sees that asking twice books once, and cancels it. Throws SmokeError. */
export async function bookAndCancel({ api, decisionMs }: BookOptions): Promise<Booked> {
  const started = performance.now()
  const { slot, key, id } = await bookOne(api, decisionMs)
  const tookMs = Math.round(performance.now() - started)
  const read = await api.call('GET', `/v1/appointments/${id}`)
  const { start, status } = read.body as { start: string; status: string }
  if (Date.parse(start) !== Date.parse(slot.start)) {
    throw new SmokeError(`the appointment is at ${start} and not at ${slot.start}`)
  }
  const again = await request(api, slot, key)
  if (again.body.id !== id) throw new SmokeError('the same request booked a second appointment')
  const reason = 'Test of the installation'
  const cancelled = await api.call('POST', `/v1/appointments/${id}/cancel`, { body: { reason } })
  if (cancelled.body.status !== 'cancelled') throw new SmokeError('the appointment could not be cancelled')
  return { id, status, tookMs }
}

async function bookOne(api: Api, decisionMs: number): Promise<{ slot: Slot; key: string; id: string }> {
  const deadline = Date.now() + decisionMs
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const slot = await nextSlot(api)
    const key = randomUUID()
    const answer = await request(api, slot, key)
    const id = answer.status === 202 ? await decided(api, String(answer.body.id), deadline) : made(answer)
    if (id !== undefined) return { slot, key, id }
  }
  throw new SmokeError(`${TRIES} slots in a row were taken by somebody else`)
}

const made = ({ status, body }: Answer) => (status === 201 ? String(body.id) : undefined)

async function request(api: Api, { doctorId, serviceId, start }: Slot, key: string): Promise<Answer> {
  return api.call('POST', '/v1/appointments', {
    body: { doctorId, serviceId, start },
    headers: { 'idempotency-key': key, prefer: 'wait=10' },
    expected: [201, 202, 409],
  })
}

/** The appointment, or undefined when somebody else has the slot. Throws SmokeError when no decision comes. */
async function decided(api: Api, id: string, deadline: number): Promise<string | undefined> {
  while (Date.now() < deadline) {
    const { decision, reason } = (await api.call('GET', `/v1/booking-requests/${id}`)).body
    if (decision === 'booked' || decision === 'pending') return id
    if (decision === 'refused') return undefined
    if (decision === 'failed') throw new SmokeError(`the request failed: ${String(reason)}`)
    await delay(POLL_MS)
  }
  throw new SmokeError('nobody decided the request: is there a booking worker?')
}

/** A free slot of some doctor; not always of the same one, so that tests do not wait for each other. */
async function nextSlot(api: Api): Promise<Slot> {
  for (const serviceId of await idsOf(api, '/v1/service-types')) {
    const doctors = await idsOf(api, `/v1/doctors?service=${serviceId}&limit=20`)
    const first = Math.floor(Math.random() * doctors.length)
    for (const doctorId of [...doctors.slice(first), ...doctors.slice(0, first)]) {
      const answer = await api.call('GET', `/v1/slots/next?doctorId=${doctorId}&serviceId=${serviceId}`)
      const slot = answer.body.slot as { start: string } | null
      if (slot !== null) return { doctorId, serviceId, start: slot.start }
    }
  }
  throw new SmokeError('there is no free slot: the test books only where the demonstration is')
}

async function idsOf(api: Api, path: string): Promise<string[]> {
  const { items } = (await api.call('GET', path)).body as { items?: { id: string }[] }
  return (items ?? []).map(({ id }) => id)
}
