import {
  bookingQueueKind,
  type BookingQueueSpec,
  type BookingQueueStatus,
  GROUP_VERSION,
} from '@medqueue/contracts'
import { defineResource, type KubeObject } from '@medqueue/operator-kit'

export interface Queue extends KubeObject {
  spec: BookingQueueSpec
  status?: BookingQueueStatus
}

export const QUEUES = defineResource<Queue>({
  apiVersion: GROUP_VERSION,
  kind: bookingQueueKind.kind,
  plural: bookingQueueKind.plural,
  namespaced: true,
})

/** Keeps a queue until its streams have been dealt with as its deletion policy says. */
export const FINALIZER = 'medqueue.dev/streams'
