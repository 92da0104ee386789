import { connect, type AddressInfo, type Socket } from 'node:net'

import type { ClusterAccess } from '@medqueue/operator-kit'
import type { Service } from '@medqueue/service-kit'
import { createTokenIssuer, type Scope, type TokenIssuer } from '@medqueue/testing'

import { buildApp } from '../../src/app.ts'
import { readConfig, type UpstreamName } from '../../src/config.ts'
import { startUpstream, type TestUpstream, type UpstreamOptions } from './upstream.ts'

export interface World {
  app: Service
  url: string
  issuer: TokenIssuer
  upstreams: Record<UpstreamName, TestUpstream>
}

export interface WorldOptions {
  env?: Record<string, string>
  openapi?: Partial<Record<UpstreamName, UpstreamOptions['openapi']>>
  /** The API server, where one is asked for Services. */
  access?: ClusterAccess
}

const NAMES = ['identity', 'directory', 'scheduling', 'booking', 'realtime'] as const

/** A gateway that listens, with an upstream for each service. */
export async function createWorld(
  scope: Scope,
  { env = {}, openapi = {}, access }: WorldOptions = {},
): Promise<World> {
  const issuer = await createTokenIssuer(scope)
  const started = await Promise.all(
    NAMES.map(async (name) => {
      const document = openapi[name]
      return [
        name,
        await startUpstream(scope, name, document === undefined ? {} : { openapi: document }),
      ] as const
    }),
  )
  const upstreams = Object.fromEntries(started) as Record<UpstreamName, TestUpstream>
  const urls = Object.fromEntries(started.map(([name, { url }]) => [`UPSTREAM_${name.toUpperCase()}`, url]))
  const config = readConfig({
    ISSUER: issuer.issuer,
    JWKS_URL: issuer.jwksUrl,
    RATE_LIMIT_PER_MINUTE: '0',
    LOG_LEVEL: 'silent',
    ...urls,
    ...env,
  })
  const app = await buildApp(config, access === undefined ? {} : { access })
  scope.teardown(async () => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return { app, url: `http://127.0.0.1:${port}`, issuer, upstreams }
}

/** Sends bytes as they are, which no HTTP client does, and gives back all that is answered until the end. */
export async function sendRaw(url: string, text: string): Promise<string> {
  const socket = await openRaw(url)
  socket.write(text)
  return readAll(socket)
}

export async function openRaw(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  return socket
}

export async function readAll(socket: Socket): Promise<string> {
  const parts: Buffer[] = []
  socket.on('data', (part: Buffer) => parts.push(part))
  socket.on('error', () => undefined)
  await new Promise((resolve) => socket.once('close', resolve))
  return Buffer.concat(parts).toString('utf8')
}

/** Asks again and again, without a pause worth naming, until the answer is as wanted; resolves with the milliseconds it took. */
export async function until(condition: () => Promise<boolean>): Promise<number> {
  const start = performance.now()
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10))
  return performance.now() - start
}
