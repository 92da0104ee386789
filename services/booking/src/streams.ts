import { streamsOf } from '@medqueue/contracts'
import { type Broker, ensureStream, type Log } from '@medqueue/messaging'

export interface BookingStreamsOptions {
  prefix: string
  /** Bytes; when the queue is full callers are told to come again. */
  queueMaxBytes: number
  /** On how many brokers each is kept; 1 when not said. */
  replicas?: number | undefined
  logger?: Log
}

/** Makes the streams booking publishes to or reads from, where they are missing. Returns when the queue was made. */
export async function ensureBookingStreams(
  { jsm }: Broker,
  { prefix, queueMaxBytes, replicas, logger }: BookingStreamsOptions,
): Promise<string> {
  const streams = streamsOf(prefix, replicas)
  await Promise.all(
    [
      streams.appointmentEvents,
      streams.directoryEvents,
      streams.scheduleEvents,
      streams.billingEvents,
      streams.deadLetters,
    ].map((stream) => ensureStream(jsm, stream, logger)),
  )
  const queue = await ensureStream(jsm, { ...streams.bookingRequests, maxBytes: queueMaxBytes }, logger)
  return queue.created
}
