/**
 * `smoke.ts [reading|booking]`: the test of an installation, through its gateway. `reading` asks every service for
 * something; `booking` also logs in as the demonstration's patient, books the next free slot and cancels it. API_URL is
 * the gateway inside the cluster, ISSUER the public address of the issuer.
 */
import { setTimeout as delay } from 'node:timers/promises'

import { authorizationUrl, authorize, createPkce, exchangeCode } from './cli/code-flow.ts'
import { DEMO_PASSWORD } from './demo-users.ts'
import { CLI_CLIENT } from './oidc/clients.ts'
import { type Api, createApi, SmokeError } from './smoke/api.ts'
import { bookAndCancel } from './smoke/book.ts'
import { InsideBrowser } from './smoke/inside-browser.ts'

export { type Api, createApi, SmokeError } from './smoke/api.ts'
export { bookAndCancel } from './smoke/book.ts'

export interface SmokeOptions {
  mode: 'reading' | 'booking'
  /** Gateway, as it can be reached from here. */
  api: URL
  /** As it stands in tokens. */
  issuer: string
  /** Longest wait for the platform and for the decision; milliseconds. */
  patienceMs?: number
}

const REDIRECT_URI = 'http://127.0.0.1:1/callback'

interface Credentials {
  email: string
  password: string
}

const DEMO_PATIENT: Credentials = { email: 'patient@demo.medqueue.dev', password: DEMO_PASSWORD }

/** Tests an installation; returns what was seen. Throws SmokeError or LogInError. */
export async function smoke({ mode, api: base, issuer, patienceMs = 60_000 }: SmokeOptions): Promise<object> {
  const anonymous = createApi(base)
  await patiently(async () => readAll(anonymous, issuer), patienceMs)
  if (mode === 'reading') return { tested: mode }
  const token = await logIn(base, issuer)
  const booked = await bookAndCancel({ api: createApi(base, token), decisionMs: patienceMs })
  return { tested: mode, ...booked }
}

/** Something of every service that answers without a token. */
async function readAll(api: Api, issuer: string): Promise<void> {
  await api.call('GET', '/readyz')
  const { body } = await api.call('GET', '/oidc/.well-known/openid-configuration')
  if (body.issuer !== issuer) {
    throw new SmokeError(`the issuer calls itself ${String(body.issuer)} and not ${issuer}`)
  }
  for (const path of ['/v1/service-types', '/v1/doctors?limit=1', '/openapi.json']) {
    await api.call('GET', path)
  }
  // Who has no token is refused by booking, scheduling and realtime themselves: they are there.
  await api.call('GET', '/v1/appointments', { expected: [401] })
  await api.call('GET', '/v1/rotas', { expected: [401] })
  await api.call('POST', '/v1/stream/tickets', { body: {}, expected: [401] })
}

/** A platform that has just been installed may need a moment. */
async function patiently(work: () => Promise<void>, patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    try {
      await work()
      return
    } catch (error) {
      if (Date.now() >= deadline) throw error
      await delay(1_000)
    }
  }
}

/** An access token, of the demonstration's patient when nobody is named. Throws SmokeError or LogInError. */
export async function logIn(base: URL, issuer: string, as: Credentials = DEMO_PATIENT): Promise<string> {
  const { verifier, challenge } = createPkce()
  const client = { issuer, clientId: CLI_CLIENT, redirectUri: REDIRECT_URI }
  const person = { redirectUri: REDIRECT_URI, ...as }
  const browser = new InsideBrowser(new URL(issuer).origin, base)
  const callback = await authorize(browser, person, authorizationUrl(client, challenge, 'smoke'))
  const code = callback.searchParams.get('code')
  if (code === null) throw new SmokeError('the log-in gave no code: is the demonstration installed?')
  const internal = new URL(new URL(issuer).pathname, base).href
  return (await exchangeCode({ ...client, issuer: internal }, code, verifier)).access_token
}

async function main(): Promise<void> {
  const mode = process.argv[2] ?? 'reading'
  const { API_URL, ISSUER } = process.env
  if ((mode !== 'reading' && mode !== 'booking') || API_URL === undefined || ISSUER === undefined) {
    process.stderr.write('Usage: smoke.ts [reading|booking], with API_URL and ISSUER\n')
    process.exitCode = 2
    return
  }
  try {
    const seen = await smoke({ mode, api: new URL(API_URL), issuer: ISSUER })
    process.stdout.write(`${JSON.stringify(seen)}\n`)
  } catch (error) {
    process.stderr.write(
      `The installation does not work: ${error instanceof Error ? error.message : String(error)}\n`,
    )
    process.exitCode = 1
  }
}

if (import.meta.main) await main()
