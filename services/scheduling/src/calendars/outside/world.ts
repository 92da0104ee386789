import { lookup } from 'node:dns/promises'

import { isPublicAddress } from './address.ts'

/** What a fetch may reach, and how names are looked up. Tests bring their own; nothing in a configuration can. */
export interface OutsideWorld {
  /** All addresses of a host name. */
  resolve: (host: string) => Promise<string[]>
  /** False for an address that must not be connected to. */
  permits: (address: string) => boolean
  /** Ports that may be connected to. */
  ports: ReadonlySet<number>
  /** Certificates that are trusted besides the runtime's own, as PEM. */
  ca?: string
}

/** The public Internet, on the port of HTTPS. */
export const PUBLIC_INTERNET: OutsideWorld = {
  resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  permits: isPublicAddress,
  ports: new Set([443]),
}
