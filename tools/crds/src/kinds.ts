import {
  BookingQueue,
  bookingQueueKind,
  BookingWorkerPool,
  bookingWorkerPoolKind,
  type KindDefinition,
} from '@medqueue/contracts'
import type { TSchema } from 'typebox'

/** Every kind of the platform with its schema. */
export const KINDS: { kind: KindDefinition; schema: TSchema }[] = [
  { kind: bookingQueueKind, schema: BookingQueue },
  { kind: bookingWorkerPoolKind, schema: BookingWorkerPool },
]
