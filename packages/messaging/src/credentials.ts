import type { Authenticator } from '@nats-io/transport-node'

/** Where to connect, and as whom. */
export interface Login {
  servers: string
  user?: string
  pass?: string
  token?: string
}

/**
 * A broker's URL, taken apart: `nats://user:password@host:4222`, or `nats://token@host:4222`. The client library looks
 * for them apart from the address. Special characters are percent-encoded, as in any URL.
 */
export function loginOf(url: string): Login {
  const parts = new URL(url)
  const [user, pass] = [parts.username, parts.password].map(decodeURIComponent) as [string, string]
  if (user === '') return { servers: url }
  const servers = url.replace(url.slice(0, url.lastIndexOf('@') + 1), `${parts.protocol}//`)
  return pass === '' ? { servers, token: user } : { servers, user, pass }
}

/**
 * What the client library asks at each connect. It closes for good when it gets no answer, so a URL that cannot be read
 * leaves the last one that could.
 */
export function authenticatorOf(url: () => string): Authenticator {
  let known = loginOf(url())
  return () => {
    try {
      known = loginOf(url())
    } catch {
      // Whoever has written it looks for it again: the broker tells of a log-in that is no longer right.
    }
    const { user, pass, token } = known
    if (token !== undefined) return { auth_token: token }
    return user === undefined ? undefined : { user, pass: pass ?? '' }
  }
}
