/** The language tag at a place that cannot be kept, and why. */
export interface LanguageFault {
  index: number
  detail: string
}

/**
 * BCP 47 tags in their canonical form, in the order given: `pt-br` becomes `pt-BR`, so that a search for one finds
 * the other. A fault when a tag is no tag or two are the same language.
 */
export function canonicalLanguages(tags: readonly string[]): string[] | LanguageFault {
  const kept: string[] = []
  for (const [index, tag] of tags.entries()) {
    const canonical = canonicalLanguage(tag)
    if (canonical === undefined) return { index, detail: 'must be a BCP 47 language tag, such as pt-BR' }
    if (kept.includes(canonical)) return { index, detail: `says ${canonical} a second time` }
    kept.push(canonical)
  }
  return kept
}

function canonicalLanguage(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0]
  } catch {
    return undefined
  }
}
