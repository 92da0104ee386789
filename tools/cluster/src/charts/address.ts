import type { Command } from '../kubectl.ts'
import { type Installation, RELEASE } from './installation.ts'

/** As much of an Ingress as tells where it is. */
export interface IngressObject {
  spec: { tls?: unknown[]; rules?: { host?: string }[] }
  status?: { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } }
}

/**
 * Where patients reach an installation, in words for the last line: its public address, and where that name must lead,
 * as the ingress controller says. `publicUrl` is the origin that stands in tokens.
 */
export function addressOf(ingresses: readonly IngressObject[], publicUrl: string | undefined): string {
  const [ingress] = ingresses
  if (ingress === undefined) return `none, so something has to lead ${publicUrl ?? 'callers'} to the gateway`
  const controller = controllerOf(ingress)
  const url = publicUrl ?? madeOf(ingress, controller)
  if (url === undefined) return 'not known yet'
  if (controller === undefined) return `${url} (no ingress controller has taken it yet)`
  return new URL(url).hostname === controller ? url : `${url} (at ${controller})`
}

/** Host name or address of the controller that has taken it. */
function controllerOf({ status }: IngressObject): string | undefined {
  const [first] = status?.loadBalancer?.ingress ?? []
  return first?.hostname ?? first?.ip
}

function madeOf({ spec }: IngressObject, controller: string | undefined): string | undefined {
  const host = spec.rules?.[0]?.host ?? controller
  const scheme = (spec.tls ?? []).length > 0 ? 'https' : 'http'
  return host === undefined ? undefined : `${scheme}://${host}`
}

/** The same, read from a cluster. */
export async function readAddress(kubectl: Command, { namespace }: Installation): Promise<string> {
  const where = ['--namespace', namespace, '-o', 'json']
  const selector = ['--selector', `app.kubernetes.io/instance=${RELEASE}`]
  const { items } = JSON.parse(await kubectl(['get', 'ingresses', ...selector, ...where])) as {
    items: IngressObject[]
  }
  const query = '{.spec.template.spec.containers[0].env[?(@.name=="ISSUER")].value}'
  const name = `deployment/${RELEASE}-identity`
  const issuer = await kubectl(['get', name, '--namespace', namespace, '-o', `jsonpath=${query}`])
  return addressOf(items, URL.parse(issuer)?.origin)
}
