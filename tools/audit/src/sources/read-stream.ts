import {
  DeliverPolicy,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  type StreamInfo,
} from '@nats-io/jetstream'

import { AuditError } from '../errors.ts'

const FETCH = 5_000
const FETCH_MS = 5_000
/** Fetches that bring nothing, one after the other. */
const MOST_IN_VAIN = 3

/** The stream's state, with its subjects when asked for. Throws AUDIT_STREAM_MISSING. */
export async function streamInfo(
  jsm: JetStreamManager,
  stream: string,
  options?: { subjects_filter: string },
): Promise<StreamInfo> {
  try {
    return await jsm.streams.info(stream, options)
  } catch (cause) {
    throw new AuditError('AUDIT_STREAM_MISSING', `The broker has no stream ${stream}`, { cause })
  }
}

/**
 * Every message that is in the stream now, in order, through an ordered consumer that ends with the read. Throws
 * AUDIT_STREAM_STALLED when the broker stops before the end.
 */
export async function* readStream(js: JetStreamClient, stream: string): AsyncGenerator<JsMsg> {
  const consumer = await js.consumers.get(stream, { deliver_policy: DeliverPolicy.All })
  try {
    let left = (await consumer.info(true)).num_pending
    let inVain = 0
    while (left > 0) {
      const before = left
      for await (const message of await consumer.fetch({
        max_messages: Math.min(FETCH, left),
        expires: FETCH_MS,
      })) {
        left = Math.min(left - 1, message.info.pending) // Some may be purged on the way.
        yield message
      }
      inVain = left < before ? 0 : inVain + 1
      if (inVain === 0) continue
      // All of them were purged meanwhile, or the broker is stuck.
      left = (await consumer.info()).num_pending
      if (left > 0 && inVain === MOST_IN_VAIN)
        throw new AuditError('AUDIT_STREAM_STALLED', `${stream}: ${left} messages did not come`)
    }
  } finally {
    await consumer.delete().catch(() => undefined)
  }
}
