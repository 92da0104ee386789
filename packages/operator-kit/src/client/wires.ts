import { OperatorError } from '../errors.ts'
import type { KubeClient } from '../types/client.ts'
import type { Wire } from './call.ts'

/** What informers need of a client beyond its face. */
const wires = new WeakMap<KubeClient, Wire>()

export function remember(client: KubeClient, wire: Wire): KubeClient {
  wires.set(client, wire)
  return client
}

export function wireOf(client: KubeClient): Wire {
  const wire = wires.get(client)
  if (wire === undefined)
    throw new OperatorError('OPERATOR_MISUSE', 'This client was not made by createClient')
  return wire
}
