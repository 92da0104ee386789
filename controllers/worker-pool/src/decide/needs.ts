/** A need at a moment, for looking back over the window. */
export interface PastNeed {
  at: number
  need: number
}

/**
 * The needs since `from` that the largest one may still be taken from, the new one added. One that is followed by a larger
 * one, or its like, will never be the largest again: what is left falls, and is short however long the window.
 */
export function withNeed(needs: readonly PastNeed[], added: PastNeed, from: number): PastNeed[] {
  const first = needs.findIndex(({ at }) => at >= from)
  const last = needs.findLastIndex(({ need }) => need > added.need)
  return first === -1 ? [added] : [...needs.slice(first, last + 1), added]
}

/** The largest of them; 0 without any. */
export const largestNeed = ([first]: readonly PastNeed[]): number => first?.need ?? 0
