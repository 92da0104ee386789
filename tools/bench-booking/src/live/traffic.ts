import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'

import type { Role } from '@medqueue/contracts'
import type { TokenIssuer } from '@medqueue/testing'

import { SLOT_SECONDS, SLOTS_A_DAY } from '../dataset.ts'
import { DEVICES, keyOf, PAGES, tokenOf } from './audience.ts'
import type { Stage } from './stage.ts'
import type { Tracker } from './tracker.ts'

export interface TrafficOptions {
  stage: Stage
  issuer: TokenIssuer
  tracker: Tracker
}

interface Visit {
  doctorId: string
  patientId: string
  serviceId: string
  start: string
}

const DAY = 86_400

/** People who ask, decide, hold and let go; no two meet in a slot. */
export class Traffic {
  readonly #options: TrafficOptions
  readonly #tokens = new Map<string, string>()
  #next = 0

  constructor(options: TrafficOptions) {
    this.#options = options
  }

  /** `rate` requests a second that are approved at once, and half as many holds that are released. Resolves with how many calls were made. */
  async flow(rate: number, seconds: number): Promise<number> {
    const calls: Promise<void>[] = []
    const began = performance.now()
    for (let sent = 0; sent < rate * seconds; sent++) {
      const wait = began + (sent * 1_000) / rate - performance.now()
      if (wait > 0) await delay(wait)
      calls.push(this.#ask(this.#visit()))
      if (sent % 2 === 0) calls.push(this.#hold(this.#visit()))
    }
    await Promise.all(calls)
    return calls.length * 2
  }

  /** A patient asks; as soon as the answer is there the doctor approves. */
  async #ask(visit: Visit): Promise<void> {
    const { tracker } = this.#options
    const { doctorId, patientId, start } = visit
    const token = this.#token(patientId, 'patient')
    tracker.expect(keyOf('appointment.requested', patientId, start), 'lobby', DEVICES)
    const { id } = await this.#call('/v1/appointments', token, booked(visit), {
      'idempotency-key': randomUUID(),
    })
    tracker.expect(keyOf('appointment.approved', patientId, start), 'patient', 1)
    await this.#call(`/v1/appointments/${id}/approve`, this.#token(doctorId, 'doctor'), {})
  }

  /** A patient chooses a slot, and another one after all. */
  async #hold(visit: Visit): Promise<void> {
    const { tracker } = this.#options
    const { doctorId, patientId, start } = visit
    const token = this.#token(patientId, 'patient')
    tracker.expect(keyOf('slots.taken', doctorId, start), 'taken', PAGES)
    const { id } = await this.#call('/v1/holds', token, booked(visit))
    tracker.expect(keyOf('slots.changed', doctorId, start), 'freed', PAGES)
    await this.#call(`/v1/holds/${id}`, token)
  }

  /** Posts the body, or deletes when there is none. */
  async #call(path: string, token: string, body?: object, headers: Record<string, string> = {}) {
    const answer = await fetch(`${this.#options.stage.booking}${path}`, {
      method: body === undefined ? 'DELETE' : 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok || answer.status === 202) throw new Error(`${path}: ${answer.status} ${text}`)
    return (text === '' ? {} : JSON.parse(text)) as { id: string }
  }

  #visit(): Visit {
    const { doctors, patients, serviceId, opening } = this.#options.stage.cast
    const n = this.#next++
    const slot = Math.floor(n / doctors.length)
    const [day, place] = [Math.floor(slot / SLOTS_A_DAY), slot % SLOTS_A_DAY]
    const seconds = opening + day * DAY + place * SLOT_SECONDS
    return {
      doctorId: doctors[n % doctors.length] ?? '',
      patientId: patients[n % patients.length] ?? '',
      serviceId,
      start: `${new Date(seconds * 1_000).toISOString().slice(0, 19)}Z`,
    }
  }

  #token(id: string, role: Role): string {
    const known = this.#tokens.get(id) ?? tokenOf(this.#options.issuer, id, role)
    this.#tokens.set(id, known)
    return known
  }
}

const booked = ({ doctorId, serviceId, start }: Visit) => ({ doctorId, serviceId, start })
