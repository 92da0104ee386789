import { type Static, Type } from 'typebox'

import { Uuid } from '../primitives.ts'

/**
 * Subject `notification.<type>.<appointmentId>`; types `notification.delivered` and `notification.failed`: what became
 * of one message about an appointment. No address and no text travels.
 */
export const NotificationDecided = Type.Object({
  notificationId: Uuid,
  appointmentId: Uuid,
  about: Type.String({
    pattern: '^appointment\\.[a-z-]+$',
    description: 'The type of the event it tells of',
  }),
  channel: Type.Enum(['email', 'sms', 'push', 'in-app']),
  reason: Type.Union([Type.Enum(['bounced', 'unreachable', 'refused']), Type.Null()]),
})
export type NotificationDecided = Static<typeof NotificationDecided>
