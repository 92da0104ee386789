import { LOCAL_PORTS } from '@medqueue/contracts'
import { assertPortFree } from '@medqueue/servers'

// Below the ports that the system hands out for outgoing connections.
const LOWEST = 500
const HIGHEST = 12_000

let offset = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))

/** An offset at which every port of a platform is free now, and which this process has not been given before. */
export async function freePortsOffset(): Promise<number> {
  for (;;) {
    offset = offset >= HIGHEST ? LOWEST : offset + 1
    const mine = offset
    if (await allFree(mine)) return mine
  }
}

async function allFree(mine: number): Promise<boolean> {
  try {
    for (const port of Object.values(LOCAL_PORTS)) await assertPortFree(port + mine, 'a platform')
    return true
  } catch {
    return false
  }
}
