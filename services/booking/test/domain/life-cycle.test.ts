import { ACTOR_PARTS, APPOINTMENT_STATUSES } from '@medqueue/contracts'
import test from 'ava'

import { ACTIONS, type Asked, isLate, transition } from '../../src/domain/life-cycle.ts'

const asked = (given: Partial<Asked>): Asked => ({
  action: 'cancel',
  part: 'staff',
  startsIn: 0,
  reason: 'said',
  ...given,
})

test('of every action from every status by everybody, these are legal and nothing else is', (t) => {
  const outcomes = ACTIONS.flatMap((action) =>
    APPOINTMENT_STATUSES.flatMap((from) =>
      ACTOR_PARTS.map((part) => ({ action, from, part, next: transition(from, asked({ action, part })) })),
    ),
  )
  t.is(outcomes.length, 11 * 12 * 4)
  const legal: Record<string, string[]> = {}
  for (const { action, from, part, next } of outcomes) {
    if (typeof next === 'string') t.true(['forbidden', 'illegal'].includes(next))
    else (legal[`${action}: ${from} -> ${next.to}`] ??= []).push(part)
  }
  const care = ['doctor', 'staff']
  const all = ['patient', ...care]
  const voidable = [
    'pending',
    'booked',
    'arrived',
    'checked-in',
    'in-progress',
    'fulfilled',
    'noshow',
    'cancelled',
    'declined',
    'expired',
  ]
  t.deepEqual(legal, {
    'approve: pending -> booked': care,
    'decline: pending -> declined': care,
    'cancel: pending -> cancelled': [...all, 'system'],
    'cancel: booked -> cancelled': [...all, 'system'],
    'cancel: arrived -> cancelled': [...all, 'system'],
    'release: held -> cancelled': all,
    'arrive: booked -> arrived': all,
    'check-in: booked -> checked-in': care,
    'check-in: arrived -> checked-in': care,
    'start: arrived -> in-progress': care,
    'start: checked-in -> in-progress': care,
    'complete: arrived -> fulfilled': care,
    'complete: checked-in -> fulfilled': care,
    'complete: in-progress -> fulfilled': care,
    'no-show: booked -> noshow': care,
    ...Object.fromEntries(voidable.map((from) => [`void: ${from} -> entered-in-error`, ['staff']])),
    'expire: held -> expired': ['system'],
    'expire: pending -> expired': ['system'],
  })
})

test('who declines or voids says why; who cancels need not', (t) => {
  const silent = { reason: undefined }
  t.is(transition('pending', asked({ action: 'decline', ...silent })), 'reason-missing')
  t.is(transition('booked', asked({ action: 'void', ...silent })), 'reason-missing')
  t.deepEqual(transition('booked', asked(silent)), { to: 'cancelled', event: 'appointment.cancelled' })
})

test('nobody is missing before the start, and nobody comes more than twelve hours early', (t) => {
  t.is(transition('booked', asked({ action: 'no-show', startsIn: 1 })), 'too-early')
  t.is(transition('booked', asked({ action: 'arrive', startsIn: 43_201 })), 'too-early')
  t.not(transition('booked', asked({ action: 'arrive', startsIn: 43_200 })), 'too-early')
})

test('a patient is late who cancels within the notice; the care side is never late', (t) => {
  const notice = 86_400
  t.true(isLate(asked({ part: 'patient', startsIn: notice - 1 }), notice))
  t.false(isLate(asked({ part: 'patient', startsIn: notice }), notice))
  t.false(isLate(asked({ part: 'staff', startsIn: 0 }), notice))
  t.false(isLate(asked({ part: 'patient', startsIn: 0, action: 'release' }), notice))
})
