import type { OperationOutcome } from 'fhir/r4.js'

import { information } from '../map/bundle.ts'
import { InvalidInput } from '../map/invalid-input.ts'
import { PAGE, type Search } from '../map/search.ts'

/** Link to this page, with the parameters that were used. */
export function selfOf(base: string, path: string, { used, page }: Search): string {
  return linkTo(base, path, used, page)
}

/** Link to the page that starts at the place. */
export function nextOf(base: string, path: string, { used }: Search, place: string): string {
  return linkTo(base, path, used, place)
}

function linkTo(base: string, path: string, used: URLSearchParams, place: string | undefined): string {
  const query = new URLSearchParams(used)
  if (place !== undefined) query.set(PAGE, place)
  return `${base}/${path}${query.size === 0 ? '' : `?${query.toString()}`}`
}

/** Where a page of a list in memory starts. Throws InvalidInput. */
export function offsetOf({ page = '0' }: Search): number {
  if (!/^\d{1,9}$/.test(page)) throw new InvalidInput('value', 'This is not a page of ours', PAGE)
  return Number(page)
}

/** The remarks of a search, or undefined when there are none. */
export function informationOf(
  { remarks }: Pick<Search, 'remarks'>,
  ...more: string[]
): OperationOutcome | undefined {
  const all = [...remarks, ...more]
  return all.length === 0 ? undefined : information(all)
}
