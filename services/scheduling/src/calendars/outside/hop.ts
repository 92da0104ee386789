import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'

import { FetchError } from './faults.ts'
import type { OutsideWorld } from './world.ts'

export interface Hop {
  url: URL
  headers: Record<string, string>
  world: OutsideWorld
  signal: AbortSignal
}

/**
 * One GET, to an address that was looked at before: the name is resolved once, every address it has must be permitted,
 * and the connection goes to one of exactly these, so that a name which answers differently the second time changes
 * nothing. Throws FetchError.
 */
export async function hop({ url, headers, world, signal }: Hop): Promise<IncomingMessage> {
  mustBeHttps(url, world)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const addresses = isIP(host) === 0 ? await resolve(host, world, signal) : [host]
  if (addresses.length === 0) throw new FetchError('address_unknown')
  if (!addresses.every(world.permits)) throw new FetchError('address_not_public')
  return new Promise<IncomingMessage>((settle, reject) => {
    const asked = request(url, {
      headers,
      signal,
      agent: false,
      lookup: pinned(addresses),
      maxHeaderSize: 16 * 1024,
      ...(world.ca === undefined ? {} : { ca: world.ca }),
    })
    asked.once('response', settle)
    asked.once('error', reject)
    asked.end()
  })
}

function mustBeHttps(url: URL, { ports }: OutsideWorld): void {
  const plain = url.username === '' && url.password === ''
  const port = url.port === '' ? 443 : Number(url.port)
  if (url.protocol !== 'https:' || !plain || !ports.has(port)) throw new FetchError('address_not_https')
}

async function resolve(host: string, world: OutsideWorld, signal: AbortSignal): Promise<string[]> {
  const stopped = new Promise<never>((_settle, reject) => {
    signal.addEventListener('abort', () => reject(new FetchError('timed_out')), { once: true })
  })
  try {
    return await Promise.race([world.resolve(host), stopped])
  } catch (error) {
    if (error instanceof FetchError) throw error
    throw new FetchError('address_unknown', { cause: error })
  }
}

/** A look-up that always gives these addresses. */
function pinned(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }))
  return (_host, options, callback) => {
    const [first] = all
    if (first === undefined) callback(new FetchError('address_unknown'), '')
    else if (options.all === true) callback(null, all)
    else callback(null, first.address, first.family)
  }
}
