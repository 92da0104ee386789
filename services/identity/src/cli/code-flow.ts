import { createHash, randomBytes } from 'node:crypto'

import { Browser } from './browser.ts'

export interface Tokens {
  access_token: string
  refresh_token?: string
  id_token?: string
  expires_in: number
  scope?: string
}

export interface CodeFlowOptions {
  issuer: string
  clientId: string
  redirectUri: string
  email: string
  password: string
  /** Default `openid api`. */
  scope?: string
}

/** What went wrong on the way to a token, in words for the person at the terminal. */
export class LogInError extends Error {
  override readonly name = 'LogInError'
}

export interface Pkce {
  verifier: string
  challenge: string
}

/** A fresh proof key, RFC 7636 with S256. */
export function createPkce(): Pkce {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

/** The address a browser is sent to in order to log in. */
export function authorizationUrl(
  options: Pick<CodeFlowOptions, 'issuer' | 'clientId' | 'redirectUri' | 'scope'>,
  challenge: string,
  state: string,
): URL {
  const url = new URL(`${options.issuer}/auth`)
  url.search = new URLSearchParams({
    client_id: options.clientId,
    redirect_uri: options.redirectUri,
    response_type: 'code',
    scope: options.scope ?? 'openid api',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state,
  }).toString()
  return url
}

/**
 * Logs in as a browser does, through the pages, and returns the tokens: authorization code with PKCE. Throws
 * LogInError when the issuer says no.
 */
export async function logInWithCode(options: CodeFlowOptions, browser = new Browser()): Promise<Tokens> {
  const { verifier, challenge } = createPkce()
  const state = randomBytes(16).toString('base64url')
  const callback = await authorize(browser, options, authorizationUrl(options, challenge, state))
  if (callback.searchParams.get('state') !== state)
    throw new LogInError('the issuer answered another request')
  const code = callback.searchParams.get('code')
  if (code === null) {
    throw new LogInError(callback.searchParams.get('error_description') ?? 'the issuer gave no code')
  }
  return exchangeCode(options, code, verifier)
}

/** Goes through the log-in page to the address the client is called back at. */
export async function authorize(
  browser: Browser,
  { redirectUri, email, password }: Pick<CodeFlowOptions, 'redirectUri' | 'email' | 'password'>,
  start: URL,
): Promise<URL> {
  const isCallback = (url: URL) => url.href.startsWith(redirectUri)
  const first = await browser.follow(await browser.request(start), start, isCallback)
  if (first.url !== undefined) return first.url
  const page = await first.response.text()
  const form = formOf(page, start)
  const answer = await browser.submit(form.action, { csrf: form.csrf, email, password })
  const last = await browser.follow(answer, form.action, isCallback)
  if (last.url === undefined) throw new LogInError(alertOf(await last.response.text()) ?? 'the log-in failed')
  return last.url
}

/** The form of the log-in page. Throws LogInError when the page has none. */
export function formOf(page: string, base: string | URL): { action: URL; csrf: string } {
  const action = /<form method="post" action="([^"]+)"/.exec(page)?.[1]
  const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1]
  if (action === undefined || csrf === undefined)
    throw new LogInError(alertOf(page) ?? 'there is no log-in page')
  return { action: new URL(action, base), csrf }
}

/** What a page warns of, if it does. */
export function alertOf(page: string): string | undefined {
  return /role="alert"[^>]*>([^<]+)</.exec(page)?.[1]
}

/** Takes tokens for a code. Throws LogInError. */
export async function exchangeCode(
  { issuer, clientId, redirectUri }: Pick<CodeFlowOptions, 'issuer' | 'clientId' | 'redirectUri'>,
  code: string,
  verifier: string,
): Promise<Tokens> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      redirect_uri: redirectUri,
      code,
      code_verifier: verifier,
    }),
  })
  const body = (await response.json()) as Tokens & { error_description?: string }
  if (!response.ok) throw new LogInError(body.error_description ?? `the issuer answered ${response.status}`)
  return body
}
