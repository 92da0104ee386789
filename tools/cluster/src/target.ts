import { resolve } from 'node:path'

/** Which cluster a command works on. */
export type Target =
  /** One that somebody gave. */
  | { kind: 'given'; kubeconfig: string }
  /** Kubernetes in Docker. */
  | { kind: 'kind' }
  /** The one-node Kubernetes of this tool. */
  | { kind: 'node' }

export interface TargetFacts {
  env: NodeJS.ProcessEnv
  /** Kubeconfig that this tool writes, for its node or for kind. */
  ownKubeconfig: string
  nodeRuns: boolean
  dockerWorks: boolean
  kindInstalled: boolean
}

/**
 * KUBECONFIG decides, unless it names the cluster that this tool made itself; then a node that runs; then kind where
 * Docker works; else a node. `CLUSTER=node` or `CLUSTER=kind` overrules the last two.
 */
export function chooseTarget(facts: TargetFacts): Target {
  const given = givenKubeconfig(facts.env, facts.ownKubeconfig)
  return given === undefined ? { kind: ownKind(facts) } : { kind: 'given', kubeconfig: given }
}

/** The kubeconfig of a cluster that somebody gave; undefined when it is none, or the one that this tool wrote. */
export function givenKubeconfig(env: NodeJS.ProcessEnv, ownKubeconfig: string): string | undefined {
  const given = env.KUBECONFIG ?? ''
  return given === '' || resolve(given) === resolve(ownKubeconfig) ? undefined : given
}

function ownKind({ env, nodeRuns, dockerWorks, kindInstalled }: TargetFacts): 'kind' | 'node' {
  const chosen = env.CLUSTER ?? ''
  if (chosen === 'node' || chosen === 'kind') return chosen
  if (chosen !== '') throw new RangeError(`CLUSTER=${chosen} is neither node nor kind.`)
  return nodeRuns || !dockerWorks || !kindInstalled ? 'node' : 'kind'
}
