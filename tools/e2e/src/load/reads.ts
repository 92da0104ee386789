/** What anybody may ask, by the service that answers; who has no token is refused by the service itself. */
export const READS = [
  { service: 'gateway', path: '/openapi.json', status: 200 },
  { service: 'identity', path: '/oidc/jwks', status: 200 },
  { service: 'directory', path: '/v1/doctors?limit=1', status: 200 },
  { service: 'scheduling', path: '/v1/rotas', status: 401 },
  { service: 'realtime', path: '/v1/stream/tickets', status: 401, method: 'POST' },
] as const satisfies readonly Read[]

export interface Read {
  service: string
  path: string
  /** The only right answer. */
  status: number
  method?: 'POST'
}

export interface ReadAnswer {
  status: number
  retryAfter: string | null
}

export type ReadOutcome = 'right' | 'put off' | 'wrong'

/** A 503 that says when to come again puts off; any other surprise is wrong. */
export function outcomeOf({ status: expected }: Read, { status, retryAfter }: ReadAnswer): ReadOutcome {
  if (status === expected) return 'right'
  return status === 503 && retryAfter !== null ? 'put off' : 'wrong'
}

/** What became of the reads of one run. */
export class ReadTally {
  right = 0
  putOff = 0
  readonly wrong: string[] = []

  note(read: Read, answer: ReadAnswer | Error): void {
    const name = `${read.method ?? 'GET'} ${read.path}`
    if (answer instanceof Error) {
      this.wrong.push(`${name}: ${answer.message}`)
      return
    }
    const outcome = outcomeOf(read, answer)
    if (outcome === 'right') this.right += 1
    else if (outcome === 'put off') this.putOff += 1
    else this.wrong.push(`${name} answered ${answer.status}`)
  }
}

const TIMEOUT_MS = 15_000

/** Asks once. */
export async function ask(base: URL, read: Read): Promise<ReadAnswer | Error> {
  try {
    const body = read.method === 'POST' ? { body: '{}', headers: { 'content-type': 'application/json' } } : {}
    const response = await fetch(new URL(read.path, base), {
      method: read.method ?? 'GET',
      ...body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    await response.arrayBuffer()
    return { status: response.status, retryAfter: response.headers.get('retry-after') }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return cause instanceof Error ? cause : new Error(String(cause))
  }
}
