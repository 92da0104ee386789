/** What only packages of this repository may use. */
export { createClientOver } from './client/client.ts'
export { type ApiRequest, type ApiResponse, createTransport, type Transport } from './client/transport.ts'
export { type Lease, leases } from './leader/lease.ts'
export { events, type KubeEvent } from './events/event.ts'
export { metricsIn } from './metrics.ts'
