import {
  JetStreamApiError,
  jetstreamManager,
  type JetStreamManager,
  type StreamInfo,
} from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'

/** JetStream's code for a stream that is not there. */
const STREAM_NOT_FOUND = 10059

/** Looks at streams, or changes them behind the operator's back. */
export interface Streams {
  /** Undefined when there is no such stream. */
  find: (name: string) => Promise<StreamInfo | undefined>
  delete: (name: string) => Promise<void>
}

/** Works on the broker at the URL and leaves it. */
export async function withStreams<T>(natsUrl: string, work: (streams: Streams) => Promise<T>): Promise<T> {
  const nc = await connect({ servers: natsUrl, name: 'e2e', timeout: 5_000 })
  try {
    return await work(streamsOf(await jetstreamManager(nc, { timeout: 10_000 })))
  } finally {
    await nc.close()
  }
}

const streamsOf = (jsm: JetStreamManager): Streams => ({
  find: async (name) => {
    try {
      return await jsm.streams.info(name)
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) return undefined
      throw error
    }
  },
  delete: async (name) => {
    await jsm.streams.delete(name)
  },
})
