import type pg from 'pg'

import { namesOf } from '@medqueue/contracts'
import { Alarm, type Broker, type Log } from '@medqueue/messaging'

import { type Catalogue, listCatalogue } from '../store/list-catalogue.ts'

export interface CatalogueCache {
  current: () => Catalogue
  stop: () => Promise<void>
}

/** Subject (without prefix) on which a replica tells the others that the projection has changed. */
export const CATALOGUE_CHANGED = 'booking.catalogue.changed'

const REFRESH_MS = 30_000
/** A burst of changes costs one read. */
const GATHER_MS = 100

/** Keeps doctors and service types in memory; reads them again when told, and every 30 s in case nobody tells. */
export async function createCatalogueCache(
  pool: pg.Pool,
  broker: Broker,
  logger: Log,
  prefix: string,
): Promise<CatalogueCache> {
  let catalogue = await listCatalogue(pool)
  const stop = new AbortController()
  const bell = new Alarm()
  const quiet = new Alarm()
  const subscription = broker.nc.subscribe(namesOf(prefix).subject(CATALOGUE_CHANGED), {
    callback: () => bell.ring(),
  })
  const running = (async () => {
    for (;;) {
      await bell.wait(REFRESH_MS)
      await quiet.wait(GATHER_MS)
      if (stop.signal.aborted) return
      catalogue = await listCatalogue(pool).catch((error: unknown) => {
        logger.warn({ err: error }, 'Catalogue could not be read; keeping the last one')
        return catalogue
      })
    }
  })()
  return {
    current: () => catalogue,
    stop: async () => {
      stop.abort()
      subscription.unsubscribe()
      quiet.ring()
      bell.ring()
      await running
    },
  }
}
