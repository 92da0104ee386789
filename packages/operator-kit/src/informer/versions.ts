const NUMBER = /^(0|[1-9][0-9]*)$/

/**
 * Whether resource version `one` is later than `other`: below 0, 0 or above 0; undefined when that cannot be told.
 * Versions of one kind are decimal numbers that grow (KEP-5504); other servers may use anything.
 */
export function compareVersions(one: string, other: string): number | undefined {
  if (one === other) return 0
  if (!NUMBER.test(one) || !NUMBER.test(other)) return undefined
  // Longer is greater, so nothing is lost above 2^53.
  if (one.length !== other.length) return one.length - other.length
  return one < other ? -1 : 1
}
