/**
 * The kinds of the API group `medqueue.dev`. Their schemas are written here once: the definitions in `crds/` are
 * generated from them, and the controllers take their types from them.
 */
export * from './group.ts'
export * from './fields.ts'
export * from './booking-queue.ts'
export * from './booking-worker-pool.ts'
export * from './last-decision.ts'
