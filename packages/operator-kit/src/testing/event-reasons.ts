import type { KubeObject } from '../types/object.ts'
import type { FakeApiServer } from './server/fake-api-server.ts'

const EVENTS = { apiVersion: 'events.k8s.io/v1', kind: 'Event', plural: 'events', namespaced: true }

/** The reasons of all events that were recorded, in no order. */
export function eventReasons(server: FakeApiServer): string[] {
  const events: (KubeObject & { reason?: string })[] = server.readAll(EVENTS)
  return events.map(({ reason = '' }) => reason)
}
