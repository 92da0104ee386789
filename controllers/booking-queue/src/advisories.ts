import type { Broker, Log } from '@medqueue/messaging'

/** The server's word on streams that were made, changed or deleted: `$JS.EVENT.ADVISORY.STREAM.<what>.<stream>`. */
const ADVISORIES = '$JS.EVENT.ADVISORY.STREAM.*.*'

/** Calls back with the name of each stream that somebody makes, changes or deletes. */
export function onStreamChange({ nc }: Broker, logger: Log, changed: (stream: string) => void): void {
  nc.subscribe(ADVISORIES, {
    callback: (error, message) => {
      // A refused right comes with a message that has no fields.
      if (error === null) changed(message.subject.split('.').at(-1) ?? '')
      else logger.warn({ err: error }, 'Changes of streams are not heard; they are only looked for')
    },
  })
}
