import { NoRespondersError, RequestError } from '@nats-io/transport-node'

import { readDrainAnswer, scalingSubjectsOf } from '@medqueue/contracts'
import type { Broker } from '@medqueue/messaging'

/** What a worker said when it was asked to finish. */
export type DrainAnswer = 'accepted' | 'refused' | 'plain' | 'silent'

/** How long a worker may take to answer; milliseconds. */
const ANSWER_MS = 1_000

/**
 * Asks a worker to take no more work and finish what it has. `plain`: it does not listen, so the signal that ends it
 * must do; `silent`: it listens but has not answered in time, and is asked again.
 */
export async function askToDrain(broker: Broker, prefix: string, pod: string): Promise<DrainAnswer> {
  try {
    const answer = await broker.nc.request(scalingSubjectsOf(prefix).drain(pod), '', { timeout: ANSWER_MS })
    return readDrainAnswer(answer.string())?.accepted === true ? 'accepted' : 'refused'
  } catch (error) {
    return isNobodyThere(error) ? 'plain' : 'silent'
  }
}

/** Nobody listens on the subject that a question was sent to. */
export const isNobodyThere = (error: unknown) =>
  error instanceof NoRespondersError || (error instanceof RequestError && error.isNoResponders())
