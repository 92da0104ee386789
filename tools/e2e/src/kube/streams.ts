import { findStream } from '@medqueue/messaging'
import { jetstreamManager, type JetStreamManager, type StreamInfo } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'

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
  find: async (name) => findStream(jsm, name),
  delete: async (name) => {
    await jsm.streams.delete(name)
  },
})
