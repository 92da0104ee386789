import { hash } from 'node:crypto'

/** Namespace of every demo id. It never changes: an installation that was seeded once finds its rows again. */
const NAMESPACE = Buffer.from('6d65647175657565b64e8d656d6f0001', 'hex').toString('latin1')

/** The second hexadecimal digit group of a UUID's variant, RFC 9562: the two top bits are `10`. */
const VARIANT = ['8', '9', 'a', 'b'] as const

export type DemoKind =
  'clinic' | 'specialty' | 'service-type' | 'doctor' | 'patient' | 'rota' | 'resource' | 'user' | 'event'

/** A stable UUID (version 5, SHA-1) for a kind and a name: the same on every machine and in every release. */
export function demoId(kind: DemoKind, name: string): string {
  const source = Buffer.from(NAMESPACE + Buffer.from(`${kind}:${name}`, 'utf8').toString('latin1'), 'latin1')
  const hex = hash('sha1', source)
  const variant = VARIANT[Number.parseInt(hex.charAt(16), 16) & 3] ?? '8'
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** A number from 0 to 2^32 - 1 that looks random and is always the same for the same seed and index. */
export function noise(seed: number, index: number): number {
  let value = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35)
  value = Math.imul(value ^ (value >>> 16), 0x7feb352d)
  value = Math.imul(value ^ (value >>> 15), 0x846ca68b)
  return (value ^ (value >>> 16)) >>> 0
}
