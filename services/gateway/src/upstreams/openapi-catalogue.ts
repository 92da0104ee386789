import type { Log } from '../log.ts'
import type { UpstreamName } from '../config.ts'
import { mergeOpenApi, type OpenApi } from '../domain/openapi.ts'
import type { Upstream } from './upstream.ts'

export interface CatalogueOptions {
  upstreams: readonly Upstream[]
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
  readonly #documents = new Map<UpstreamName, OpenApi>()
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

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  /** Reads every service's document; what cannot be read keeps its last one. */
  async refresh(): Promise<void> {
    await Promise.all(this.#options.upstreams.map((upstream) => this.#read(upstream)))
    this.#merged = this.#merge()
  }

  async #run(): Promise<void> {
    await this.refresh()
    if (this.#stopped) return
    const { upstreams, refreshMs } = this.#options
    const complete = this.#documents.size === upstreams.length
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
      if (answer.statusCode !== 200) throw new Error(`the service answered ${answer.statusCode}`)
      this.#documents.set(upstream.service, JSON.parse(text) as OpenApi)
    } catch (error) {
      this.#options.logger.debug(
        { err: error, upstream: upstream.service },
        'OpenAPI document cannot be read',
      )
    }
  }

  #merge(): OpenApi {
    const documents = this.#options.upstreams.flatMap(({ service }) => {
      const document = this.#documents.get(service)
      return document === undefined ? [] : [{ service, document }]
    })
    return mergeOpenApi(documents, {
      title: 'Medqueue',
      version: this.#options.version,
      description: 'Appointments for hospitals and clinics: the routes of every service behind the gateway.',
    })
  }
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
