/** A variable as a pod template has it. */
export interface EnvironmentVariable {
  name: string
  value?: string
  valueFrom?: { secretKeyRef?: { name: string; key: string } }
}

/** A container's environment with what its Secrets hold; variables from elsewhere are left out. */
export async function resolveEnvironment(
  variables: readonly EnvironmentVariable[],
  readSecret: (name: string) => Promise<Readonly<Record<string, string>>>,
): Promise<Record<string, string>> {
  const resolved: Record<string, string> = {}
  for (const { name, value, valueFrom } of variables) {
    const reference = valueFrom?.secretKeyRef
    const found = reference === undefined ? value : (await readSecret(reference.name))[reference.key]
    if (found !== undefined) resolved[name] = found
  }
  return resolved
}

/** The name of a Service in the URL, when one of that name is in the namespace; undefined for a server elsewhere. */
export function serviceIn(url: string, services: ReadonlySet<string>): string | undefined {
  const [name = ''] = new URL(url).hostname.split('.')
  return services.has(name) ? name : undefined
}

/** The same URL by another way: credentials and path stay. */
export function throughPort(url: string, port: number): string {
  const local = new URL(url)
  local.hostname = '127.0.0.1'
  local.port = String(port)
  return local.href
}
