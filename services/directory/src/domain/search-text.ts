/** Most words a search may have: each one multiplies the work. */
export const MOST_WORDS = 6

/** Words that every doctor would match. */
const TITLES = new Set(['dr', 'dra', 'doctor', 'doutor', 'doutora'])

/** The words of a search text as typed, without titles; folding is left to the database, which folded the index. */
export function searchWords(text: string): string[] {
  const words = text.match(/[\p{L}\p{M}\p{Nd}]+/gu) ?? []
  return [...new Set(words)].filter((word) => !TITLES.has(word.toLowerCase()))
}
