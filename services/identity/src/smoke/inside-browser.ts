import { Browser } from '../cli/browser.ts'

/**
 * A browser inside the cluster: the links it follows carry the public address, which need not be reachable from there,
 * so each request to it goes to the internal one instead.
 */
export class InsideBrowser extends Browser {
  readonly #publicOrigin: string
  readonly #internal: URL

  constructor(publicOrigin: string, internal: URL) {
    super()
    this.#publicOrigin = publicOrigin
    this.#internal = internal
  }

  override async request(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const target = new URL(url)
    if (target.origin === this.#publicOrigin) {
      target.protocol = this.#internal.protocol
      target.host = this.#internal.host
      // The setter keeps a port that the new host does not name.
      target.port = this.#internal.port
    }
    return super.request(target, init)
  }
}
