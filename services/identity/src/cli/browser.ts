import { CookieJar } from './cookie-jar.ts'

const MAX_REDIRECTS = 10

/** A browser without a screen: keeps cookies, follows redirects where it is told to, runs no script. */
export class Browser {
  readonly #jar = new CookieJar()

  /** One request, cookies both ways. Redirects are not followed. */
  async request(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const target = new URL(url)
    const headers = new Headers(init.headers)
    if (!headers.has('accept')) headers.set('accept', 'text/html')
    const cookie = this.#jar.headerFor(target.pathname)
    if (cookie !== '') headers.set('cookie', cookie)
    const response = await fetch(target, { ...init, headers, redirect: 'manual' })
    this.#jar.take(response)
    return response
  }

  /** Sends a form as the page at `origin` would. */
  async submit(url: string | URL, fields: Record<string, string>): Promise<Response> {
    return this.request(url, {
      method: 'POST',
      headers: { origin: new URL(url).origin },
      body: new URLSearchParams(fields),
    })
  }

  /**
   * Follows redirects from an answer until one leads to an address that `stopAt` accepts, or none is left. Returns that
   * address, or undefined with the last answer.
   */
  async follow(
    from: Response,
    base: string | URL,
    stopAt: (url: URL) => boolean,
  ): Promise<{ url: URL | undefined; response: Response }> {
    let response = from
    let here = new URL(base)
    for (let count = 0; count < MAX_REDIRECTS; count++) {
      const location = response.headers.get('location')
      if (location === null) return { url: undefined, response }
      here = new URL(location, here)
      if (stopAt(here)) return { url: here, response }
      await response.body?.cancel()
      response = await this.request(here)
    }
    throw new Error('too many redirects')
  }
}
