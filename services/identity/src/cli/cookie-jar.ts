interface Cookie {
  value: string
  path: string
}

/** The cookies of one browser and one host, kept as a browser keeps them: by path, dropped when they have expired. */
export class CookieJar {
  readonly #cookies = new Map<string, Cookie>()

  /** Takes what an answer sets. */
  take(response: Response): void {
    for (const line of response.headers.getSetCookie()) this.#set(line)
  }

  /** The Cookie header for a path; empty when there is none to send. */
  headerFor(path: string): string {
    return [...this.#cookies]
      .filter(([, cookie]) => path === cookie.path || path.startsWith(cookie.path.replace(/\/?$/, '/')))
      .map(([key, { value }]) => `${nameOf(key)}=${value}`)
      .join('; ')
  }

  #set(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
    const name = pair.slice(0, pair.indexOf('='))
    const value = pair.slice(pair.indexOf('=') + 1)
    const path = attribute(attributes, 'path') ?? '/'
    const expires = attribute(attributes, 'expires')
    const key = `${name} ${path}`
    if (expires !== undefined && Date.parse(expires) <= Date.now()) this.#cookies.delete(key)
    else this.#cookies.set(key, { value, path })
  }
}

const nameOf = (key: string) => key.slice(0, key.indexOf(' '))

function attribute(attributes: readonly string[], name: string): string | undefined {
  const found = attributes.find((part) => part.toLowerCase().startsWith(`${name}=`))
  return found?.slice(name.length + 1)
}
