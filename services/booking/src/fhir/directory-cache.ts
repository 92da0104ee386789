import type pg from 'pg'

import type { Catalogue } from '../store/list-catalogue.ts'
import { type Directory, listDirectory } from './store/list-directory.ts'

export interface DirectoryCacheOptions {
  pool: pg.Pool
  /** What the api keeps in memory: a new one each time it was read again. */
  catalogue: () => Catalogue
}

/**
 * The directory as FHIR tells it, read again whenever the catalogue was: so it follows the same events. While it cannot
 * be read, each call fails as the database does.
 */
export function createDirectoryCache({ pool, catalogue }: DirectoryCacheOptions): () => Promise<Directory> {
  let seen: Catalogue | undefined
  let reading: Promise<Directory> | undefined
  return () => {
    const current = catalogue()
    if (reading !== undefined && seen === current) return reading
    seen = current
    const mine = listDirectory(pool)
    reading = mine
    mine.catch(() => {
      if (reading === mine) reading = undefined
    })
    return mine
  }
}
