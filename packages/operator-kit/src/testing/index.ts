/**
 * For tests of controllers. Fake clock: time that stands still until it is turned. Fake API server: Kubernetes over real
 * HTTP, with faults. Tracked client: knows when all its calls are answered. Seed, change, remove: what other clients do.
 */
export { eventReasons } from './event-reasons.ts'
export { type AdvanceOptions, FakeClock, immediate, until } from './fake-clock.ts'
export { FakeApiServer, type FakeApiServerOptions, type FakeWrite } from './server/fake-api-server.ts'
export type { CallFilter, Fault, FaultPlan, HeldCall } from './server/faults.ts'
export type { FakeRequest, Verb } from './server/request.ts'
export type { OpenWatch } from './server/watches.ts'
export { BUILT_IN_KINDS, type FakeKind, type ScalePaths } from './store/kinds.ts'
export { conflict, expired, invalid, notFound, StatusError } from './store/status-error.ts'
export { trackedClient, type TrackedClient, type TrackedClientOptions } from './tracked-client.ts'
