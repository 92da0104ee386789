import type { World } from './world.ts'

export interface Sent {
  status: number
  headers: Record<string, unknown>
  body: Record<string, unknown>
}

export interface SendOptions {
  headers?: Record<string, string>
  body?: unknown
}

/** Sends JSON to the service and reads the answer's. */
export async function send(
  { app }: World,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH',
  url: string,
  { headers = {}, body }: SendOptions = {},
): Promise<Sent> {
  const payload = body === undefined ? {} : { payload: JSON.stringify(body) }
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const answer = await app.inject({ method, url, headers: { ...type, ...headers }, ...payload })
  return { status: answer.statusCode, headers: answer.headers, body: answer.body === '' ? {} : answer.json() }
}
