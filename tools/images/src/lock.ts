/** What package-lock.json says of one folder, as far as it is needed here. */
export interface LockEntry {
  name?: string
  version?: string
  license?: string
  integrity?: string
  /** A link points to the folder in `resolved`. */
  link?: boolean
  resolved?: string
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}

export type Lock = Readonly<Record<string, LockEntry>>

/** One installed folder that a program needs when it runs. */
export interface Installed {
  /** Folder below the root, such as `node_modules/fastify` or `packages/contracts`. */
  path: string
  name: string
  entry: LockEntry
}

/**
 * Every folder that the workspaces need when they run: their dependencies, and theirs, found as Node finds them, from the
 * innermost `node_modules` outwards. Development dependencies are left out; an optional one that is not installed too.
 */
export function productionClosure(lock: Lock, workspaces: readonly string[]): Installed[] {
  const found = new Map<string, Installed>()
  const visit = (path: string): void => {
    const entry = lock[path]
    if (entry === undefined || found.has(path)) return
    found.set(path, { path, name: nameOf(path, entry), entry })
    for (const [name, required] of needsOf(entry)) {
      const at = lookUp(lock, path, name)
      if (at === undefined && required) throw new Error(`package-lock.json has no ${name} for ${path}`)
      if (at !== undefined) visit(at)
    }
  }
  for (const workspace of workspaces) visit(workspace)
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Names that the package asks for, and whether it cannot do without. */
function needsOf(entry: LockEntry): [string, boolean][] {
  const names = (set: Record<string, string> | undefined, required: boolean): [string, boolean][] =>
    Object.keys(set ?? {}).map((name) => [name, required])
  const peers = Object.keys(entry.peerDependencies ?? {}).map((name): [string, boolean] => [name, false])
  const optional = new Set(Object.keys(entry.optionalDependencies ?? {}))
  return [
    ...names(entry.dependencies, true).filter(([name]) => !optional.has(name)),
    ...names(entry.optionalDependencies, false),
    ...peers.filter(([name]) => entry.peerDependenciesMeta?.[name]?.optional !== true),
  ]
}

function lookUp(lock: Lock, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = outer(folder)) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    const entry = lock[path]
    if (entry?.link === true) return entry.resolved
    if (entry !== undefined) return path
    if (folder === '') return undefined
  }
}

/** The folder in whose `node_modules` the package lies; the root for a workspace. */
function outer(folder: string): string {
  const at = folder.lastIndexOf('/node_modules/')
  return at === -1 ? '' : folder.slice(0, at)
}

function nameOf(path: string, entry: LockEntry): string {
  return entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
}

/** True for folders of this repository, which are linked rather than installed. */
export const isWorkspace = ({ path }: Installed): boolean => !path.includes('node_modules')
