/** The strong entity tag of a version. */
export function etagOf(version: number): string {
  return `"${version}"`
}

/** True when an If-Match header allows a change of this version. Weak tags never match, as RFC 9110 asks. */
export function ifMatchAllows(header: string, version: number): boolean {
  if (header.trim() === '*') return true
  return header.split(',').some((tag) => tag.trim() === etagOf(version))
}
