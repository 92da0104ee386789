/** A variable as a pod template has it. */
export interface EnvironmentVariable {
  name: string
  value?: string
  valueFrom?: { secretKeyRef?: { name: string; key: string } }
}

/** A volume as a pod template has it: Secrets whose keys are files. */
export interface SecretVolume {
  projected?: { sources: { secret?: { name: string; items?: { key: string; path: string }[] } }[] }
}

export interface PodEnvironment {
  variables: readonly EnvironmentVariable[]
  volumes?: readonly SecretVolume[] | undefined
}

/** End of the name of a variable that names a file. */
const FILE = '_FILE'

type ReadSecret = (name: string) => Promise<Readonly<Record<string, string>>>

/**
 * A container's environment with what its Secrets hold, also those in files: X for the X_FILE that names one. Variables
 * from elsewhere are left out.
 */
export async function resolveEnvironment(
  { variables, volumes = [] }: PodEnvironment,
  readSecret: ReadSecret,
): Promise<Record<string, string>> {
  const resolved: Record<string, string> = {}
  for (const { name, value, valueFrom } of variables) {
    const reference = valueFrom?.secretKeyRef
    const found = reference === undefined ? value : (await readSecret(reference.name))[reference.key]
    if (found !== undefined) resolved[name] = found
  }
  return { ...resolved, ...(await secretsInFiles(variables, volumes, readSecret)) }
}

async function secretsInFiles(
  variables: readonly EnvironmentVariable[],
  volumes: readonly SecretVolume[],
  readSecret: ReadSecret,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  const secrets = volumes
    .flatMap(({ projected }) => projected?.sources ?? [])
    .flatMap(({ secret }) => secret ?? [])
  for (const { name: secret, items = [] } of secrets) {
    for (const { key, path } of items) {
      const variable = variables.find(({ name, value }) => name.endsWith(FILE) && value?.endsWith(`/${path}`))
      const held = (await readSecret(secret))[key]
      if (variable !== undefined && held !== undefined) found[variable.name.slice(0, -FILE.length)] = held
    }
  }
  return found
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
