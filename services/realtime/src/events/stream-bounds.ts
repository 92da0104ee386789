import type { Broker } from '@medqueue/messaging'

import type { StreamBounds } from '../domain/resume.ts'

/** The stream as it is now; `created` tells a stream made anew under the old name. */
export interface StreamState extends StreamBounds {
  created: string
}

/** Asks the broker; rejects when it is out of reach or the stream is missing. */
export async function readStreamState({ jsm }: Broker, stream: string): Promise<StreamState> {
  const { created, state } = await jsm.streams.info(stream)
  return { created, first: state.first_seq, last: state.last_seq }
}

/** The sequence of the newest message of the subject, a pattern; 0 when there is none. Rejects as the other does. */
export async function readLastOf({ jsm }: Broker, stream: string, subject: string): Promise<number> {
  const message = await jsm.streams.getMessage(stream, { last_by_subj: subject })
  return message?.seq ?? 0
}

/**
 * Shares one answer among all who ask at the same time, but never an answer that was asked for before the question:
 * when thousands of sockets come back at once, the broker is asked a few times, not thousands of times.
 */
export function coalesced<T>(read: () => Promise<T>): () => Promise<T> {
  let next: Promise<T> | undefined
  let running: Promise<unknown> = Promise.resolve()
  return () => {
    next ??= running.then(() => {
      next = undefined
      const answer = read()
      running = answer.catch(() => undefined)
      return answer
    })
    return next
  }
}
