import { createCipheriv } from 'node:crypto'

/** The lot that was drawn for those who had come by then. */
export interface Draw {
  /** 128 bits in hex, chosen at the draw and not before. */
  seed: string
  /** How many took part: numbers 0 to count − 1. */
  count: number
}

/**
 * The place of each number that took part in a draw, from 0: a shuffle in which every order is equally likely, so that
 * neither the fastest script nor the nearest network is ahead. The same draw gives the same places on every replica.
 */
export function drawPlaces({ seed, count }: Draw): Uint32Array {
  const places = Uint32Array.from({ length: count }, (_, number) => number)
  const below = uniform(seed)
  for (let last = count - 1; last > 0; last--) {
    const other = below(last + 1)
    const kept = places[last] ?? 0
    places[last] = places[other] ?? 0
    places[other] = kept
  }
  return places
}

/** The place of a number: by lot for those who took part in the draw, behind them in the order of coming. */
export function placeOf(number: number, places: Uint32Array): number {
  return places[number] ?? number
}

const CHUNK = 4_096
const RANGE = 2 ** 32

/** Whole numbers from 0 up to a bound, each equally likely: the key stream of AES in counter mode. */
function uniform(seed: string): (bound: number) => number {
  const cipher = createCipheriv('aes-128-ctr', Buffer.from(seed, 'hex'), Buffer.alloc(16))
  const zeros = Buffer.alloc(CHUNK)
  let chunk = zeros
  let at = CHUNK
  const next = () => {
    if (at === CHUNK) {
      chunk = cipher.update(zeros)
      at = 0
    }
    at += 4
    return chunk.readUInt32LE(at - 4)
  }
  return (bound) => {
    // What lies beyond the last whole multiple would make small numbers likelier.
    const limit = RANGE - (RANGE % bound)
    let value = next()
    while (value >= limit) value = next()
    return value % bound
  }
}
