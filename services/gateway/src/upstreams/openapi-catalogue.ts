import type { Log } from '../log.ts'
import { mergeOpenApi, type OpenApi, readOpenApi } from '../domain/openapi.ts'
import type { Owners } from '../domain/route.ts'
import type { Upstream } from './upstream.ts'

export interface CatalogueOptions {
  upstreams: () => readonly Upstream[]
  ownerOf: Owners
  version: string
  refreshMs: number
  logger: Log
}

/** A service that was never read is asked this often; milliseconds. */
const MISSING_REFRESH_MS = 2_000
const MAX_BYTES = 4 * 1_048_576

/**
 * The OpenAPI documents of all services as one. Read in the background and kept: a service that is down is still
 * documented, and asking for the document never asks a service.
 */
export class OpenApiCatalogue {
  readonly #options: CatalogueOptions
  readonly #documents = new WeakMap<Upstream, OpenApi>()
  #merged: OpenApi
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(options: CatalogueOptions) {
    this.#options = options
    this.#merged = this.#merge()
  }

  get document(): OpenApi {
    return this.#merged
  }

  start(): void {
    void this.#run()
  }

  /** Services have come or gone: what is gone is documented no more, and what is new is read at once. */
  changed(): void {
    this.#merged = this.#merge()
    // While documents are being read there is no timer; what is missing then is read soon after.
    if (this.#timer === undefined) return
    clearTimeout(this.#timer)
    this.start()
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  /** Reads every service's document; what cannot be read keeps its last one. */
  async refresh(): Promise<void> {
    await Promise.all(this.#options.upstreams().map((upstream) => this.#read(upstream)))
    this.#merged = this.#merge()
  }

  async #run(): Promise<void> {
    this.#timer = undefined
    await this.refresh()
    if (this.#stopped) return
    const { upstreams, refreshMs } = this.#options
    const complete = upstreams().every((upstream) => this.#documents.has(upstream))
    this.#timer = setTimeout(
      () => void this.#run(),
      complete ? refreshMs : Math.min(refreshMs, MISSING_REFRESH_MS),
    )
    this.#timer.unref()
  }

  async #read(upstream: Upstream): Promise<void> {
    const replica = upstream.pick()
    if (replica === undefined) return
    try {
      const answer = await replica.request({ method: 'GET', path: '/openapi.json', origin: replica.origin })
      const text = await limited(answer.body, MAX_BYTES)
      this.#documents.set(upstream, documentIn(answer.statusCode, text))
    } catch (error) {
      this.#options.logger.debug(
        { err: error, upstream: upstream.service },
        'OpenAPI document cannot be read',
      )
    }
  }

  #merge(): OpenApi {
    const { upstreams, ownerOf } = this.#options
    const documents = upstreams().flatMap((upstream) => {
      const document = this.#documents.get(upstream)
      return document === undefined ? [] : [{ service: upstream.service, document }]
    })
    return mergeOpenApi(documents, ownerOf, {
      title: 'Medqueue',
      version: this.#options.version,
      description: 'Appointments for hospitals and clinics: the routes of every service behind the gateway.',
    })
  }
}

function documentIn(status: number, text: string): OpenApi {
  // A service without a document is no service that is down: it is asked again with the others.
  if (status === 404) return {}
  if (status !== 200) throw new Error(`the service answered ${status}`)
  return readOpenApi(text)
}

async function limited(body: AsyncIterable<Buffer>, maxBytes: number): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of body) {
    size += part.length
    if (size > maxBytes) throw new Error('the document is too large')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
