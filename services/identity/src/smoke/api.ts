/** What was wrong, in words for the person who reads the log of the test. */
export class SmokeError extends Error {
  override readonly name = 'SmokeError'
}

export interface Api {
  /** The body of a JSON answer and its status. Throws SmokeError when the status is none of those expected. */
  call: (method: string, path: string, options?: CallOptions) => Promise<Answer>
}

export interface CallOptions {
  body?: object
  headers?: Record<string, string>
  /** Expected statuses; 200 by default. */
  expected?: readonly number[]
}

export interface Answer {
  status: number
  body: Record<string, unknown>
  location: string | null
}

const TIMEOUT_MS = 20_000

/** Calls of one platform, with a token once there is one. */
export function createApi(base: URL, token?: string): Api {
  return {
    call: async (method, path, { body, headers = {}, expected = [200] } = {}) => {
      const response = await fetch(new URL(path, base), {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      const text = await response.text()
      if (!expected.includes(response.status)) {
        throw new SmokeError(`${method} ${path} answered ${response.status}: ${text.slice(0, 300)}`)
      }
      return { status: response.status, body: parsed(text), location: response.headers.get('location') }
    },
  }
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    throw new SmokeError(`the answer is no JSON: ${text.slice(0, 100)}`)
  }
}
