import { type Static, Type } from 'typebox'

import { Uuid } from '../primitives.ts'

/** Money in the currency's smallest unit, such as cents; ISO 4217 names the currency. */
export const Money = Type.Object({
  minor: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
})
export type Money = Static<typeof Money>

/**
 * Subject `billing.charge.<type>.<appointmentId>`; types `billing.charge.authorised` and `billing.charge.declined`: what
 * became of the deposit that a service asks for when an appointment is booked.
 */
export const ChargeDecided = Type.Object({
  chargeId: Uuid,
  appointmentId: Uuid,
  amount: Money,
  reason: Type.Union([Type.Enum(['declined', 'expired', 'unreachable']), Type.Null()], {
    description: 'Why it was declined; null when it was authorised',
  }),
})
export type ChargeDecided = Static<typeof ChargeDecided>

/** Subject `billing.charge.refunded.<appointmentId>`, type `billing.charge.refunded`: a charge was taken back. */
export const ChargeRefunded = Type.Object({ chargeId: Uuid, appointmentId: Uuid, amount: Money })
export type ChargeRefunded = Static<typeof ChargeRefunded>

/** Subject `billing.invoice.issued.<appointmentId>`, type `billing.invoice.issued`: one for each fulfilled visit. */
export const InvoiceIssued = Type.Object({
  invoiceId: Uuid,
  appointmentId: Uuid,
  number: Type.String({ minLength: 1, maxLength: 40, description: 'Without gaps in each clinic' }),
  amount: Money,
})
export type InvoiceIssued = Static<typeof InvoiceIssued>
