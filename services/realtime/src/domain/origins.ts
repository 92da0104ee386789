/**
 * Whether a page of this origin may open a socket. Programs that are no browser send none and are let in: the ticket
 * is the credential, the origin only keeps other sites from using a browser's.
 */
export function originAllowed(origin: string | undefined, trusted: ReadonlySet<string>): boolean {
  return origin === undefined || trusted.has(origin)
}

/** Reads `https://a.example,https://b.example`; throws a TypeError for what is no origin. */
export function parseOrigins(list: string): ReadonlySet<string> {
  const items = list.split(',').map((item) => item.trim())
  return new Set(items.filter((item) => item !== '').map(parseOrigin))
}

function parseOrigin(text: string): string {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.origin !== text.replace(/\/$/, '')) {
    throw new TypeError(`not an origin: ${text}`)
  }
  return url.origin
}
