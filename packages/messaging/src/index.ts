/**
 * NATS for every service. Broker: a connection to a server that syncs each write. Stream: a JetStream log. Outbox:
 * events written with what they tell of. Relay: publishes the outbox. Projection: a durable consumer whose effect and
 * inbox row commit together. Dead letter: a message that no consumer could take.
 */
export { MessagingError } from './errors.ts'
export type { Log } from './logger.ts'
export { Alarm } from './alarm.ts'
export { assertDurable, type Broker, type BrokerOptions, connectBroker } from './broker.ts'
export { type Reached, reachBroker } from './reach.ts'
export { storeMessage, type StoreOptions } from './store.ts'
export { apiCode, ensureStream, findStream, STREAM_NOT_FOUND, streamConfigOf } from './streams.ts'
export { appendEvents, type OutgoingEvent } from './outbox.ts'
export { type Relay, type RelayFigures, type RelayOptions, startOutboxRelay } from './relay.ts'
export type { EventFigures } from './figures.ts'
export {
  type HandleEvent,
  type HandleEvents,
  type Projection,
  type ProjectionOptions,
  startProjection,
} from './projection.ts'
