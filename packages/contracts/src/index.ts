/**
 * Vocabulary. Window: an interval in which a doctor may be booked. Slot: a start offered for one service. Booking
 * request: what a patient asks for. Decision: booked, pending or refused. Partition: one ordered lane of requests,
 * chosen by doctor. Stream: a JetStream log. Event: a fact in the past tense, in an envelope.
 */
export * from './primitives.ts'
export * from './problem.ts'
export * from './access.ts'
export * from './paths.ts'
export * from './streams.ts'
export * from './booking.ts'
export * from './events/envelope.ts'
export * from './events/request-fields.ts'
export * from './events/directory.ts'
export * from './events/schedule.ts'
export * from './events/slot.ts'
export * from './events/appointment.ts'
export * from './events/waitlist.ts'
export * from './events/replan.ts'
export * from './events/identity.ts'
export * from './events/billing.ts'
export * from './events/notification.ts'
export * from './saga.ts'
export * from './scaling.ts'
export * from './kubernetes/index.ts'
