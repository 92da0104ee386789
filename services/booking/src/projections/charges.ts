import { randomUUID } from 'node:crypto'

import { ChargeDecided, type EventEnvelope } from '@medqueue/contracts'
import type pg from 'pg'
import { Value } from 'typebox/value'

import { eventOf } from '../api/tell.ts'
import { transition } from '../domain/life-cycle.ts'
import { changedRow, changeStatus } from '../store/change-status.ts'
import { lockAppointment } from '../store/lock-appointment.ts'

/**
 * Booking's part of the saga: an appointment whose charge is declined is cancelled by the system, in the transaction that
 * remembers the event, so that however often it comes there is one cancellation. What has begun or is over stays.
 */
export async function projectCharges(client: pg.ClientBase, event: EventEnvelope): Promise<void> {
  if (event.type !== 'billing.charge.declined') return
  const { appointmentId } = Value.Parse(ChargeDecided, event.data)
  const row = await lockAppointment(client, appointmentId)
  if (row === undefined) return
  const asked = { action: 'cancel', part: 'system', startsIn: 0, reason: undefined } as const
  const next = transition(row.status, asked)
  if (typeof next === 'string') return
  const changed = changedRow(row, {
    status: next.to,
    reason: 'The deposit was declined',
    late: false,
    action: asked.action,
    actorId: null,
    actorPart: asked.part,
  })
  const telling = { type: next.event, now: () => new Date(event.occurredAt), newId: randomUUID }
  await changeStatus(client, changed, eventOf(changed, { ...telling, traceparent: event.traceparent }))
}
