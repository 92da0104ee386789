import { namesOf, ProxySnapshot } from '@medqueue/contracts'
import type { Broker, Log } from '@medqueue/messaging'
import type { JsMsg } from '@nats-io/jetstream'
import { Value } from 'typebox/value'

import type { Grants } from '../domain/grants.ts'
import { type Feed, startFeed } from './feed.ts'

export interface FollowGrantsOptions {
  broker: Broker
  prefix: string
  grants: Grants
  logger: Log
  onUndecodable: () => void
}

/** Keeps in memory who may act for whom: reads all that the directory ever told of it, and then what it tells. */
export function followGrants({ broker, prefix, grants, logger, onUndecodable }: FollowGrantsOptions): Feed {
  const { streams, subject } = namesOf(prefix)
  return startFeed({
    ...{
      broker,
      stream: streams.directoryEvents,
      subject: subject('directory.proxy.*'),
      warm: Infinity,
      logger,
    },
    onStart: () => grants.clear(),
    onMessage: (message) => {
      const told = decode(message)
      if (told === undefined) onUndecodable()
      else grants.take(told)
    },
  })
}

function decode(message: JsMsg): ProxySnapshot | undefined {
  try {
    return Value.Parse(ProxySnapshot, message.json<{ data: unknown }>().data)
  } catch {
    return undefined
  }
}
