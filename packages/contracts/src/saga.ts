/** A step of the saga of an appointment: who does what when an event is told, and what undoes it. */
export interface SagaStep {
  /** Type of the event that begins it. */
  on: string
  service: 'booking' | 'billing' | 'notifications' | 'reviews'
  /** Types of the events that end it: the first when it is done. */
  ends: readonly string[]
  /** Types of the events upon which the same service takes it back; undefined: nothing has to be. */
  undoneOn?: readonly string[]
}

/** How an appointment that had been booked ends without a visit. */
const ENDS = ['cancelled', 'declined', 'expired', 'voided'].map((end) => `appointment.${end}`)

/**
 * The saga of an appointment is a choreography: nobody leads it, each service listens, does its part in one transaction
 * with the event's id in its inbox, and tells. So every step may be killed and is done once all the same. An appointment
 * ends booked with its charge, or without it in any other way with the charge taken back, never half. A charge belongs to
 * the appointment: one that is approved again after a move has its charge already.
 */
export const APPOINTMENT_SAGA: readonly SagaStep[] = [
  {
    on: 'appointment.booked',
    service: 'billing',
    ends: ['billing.charge.authorised', 'billing.charge.declined'],
    undoneOn: ENDS,
  },
  {
    on: 'appointment.approved',
    service: 'billing',
    ends: ['billing.charge.authorised', 'billing.charge.declined'],
    undoneOn: ENDS,
  },
  { on: 'billing.charge.declined', service: 'booking', ends: ['appointment.cancelled'] },
  ...ENDS.map((on) => ({ on, service: 'billing' as const, ends: ['billing.charge.refunded'] })),
  { on: 'appointment.fulfilled', service: 'billing', ends: ['billing.invoice.issued'] },
  { on: 'appointment.fulfilled', service: 'reviews', ends: ['review.requested'] },
  ...['booked', 'requested', 'approved', 'declined', 'expired', 'cancelled', 'moved'].map((type) => ({
    on: `appointment.${type}`,
    service: 'notifications' as const,
    ends: ['notification.delivered', 'notification.failed'],
  })),
]
