import { streamsOf } from '@medqueue/contracts'
import { type Broker, ensureStream } from '@medqueue/messaging'

/** Makes the streams booking publishes to or reads from, where they are missing. Returns when the queue was made. */
export async function ensureBookingStreams(
  broker: Broker,
  prefix: string,
  queueMaxBytes: number,
): Promise<string> {
  const streams = streamsOf(prefix)
  const { jsm } = broker
  await Promise.all(
    [
      streams.appointmentEvents,
      streams.directoryEvents,
      streams.scheduleEvents,
      streams.billingEvents,
      streams.deadLetters,
    ].map((stream) => ensureStream(jsm, stream)),
  )
  const queue = await ensureStream(jsm, { ...streams.bookingRequests, maxBytes: queueMaxBytes })
  return queue.created
}
