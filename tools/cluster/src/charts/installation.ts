import { existsSync } from 'node:fs'

/** Where the charts are installed, and what a person wants of them. */
export interface Installation {
  /** Of the platform. */
  namespace: string
  operatorNamespace: string
  /** The only namespace that the operator watches; every one when empty. */
  watchNamespace: string
  /** False: somebody else scales the workers, or nobody does. */
  wantsOperator: boolean
  /** Files with values for charts/medqueue, the last one wins. */
  valueFiles: readonly string[]
  /** The same for charts/medqueue-operator. */
  operatorValueFiles: readonly string[]
}

export const RELEASE = 'medqueue'
export const NAMESPACE = 'medqueue'
export const OPERATOR_RELEASE = 'medqueue-operator'
export const OPERATOR_NAMESPACE = 'medqueue-system'

/** Room for the `-system` of the operator's namespace in the 63 characters of a name. */
const NAME = /^[a-z0-9]([a-z0-9-]{0,54}[a-z0-9])?$/

/**
 * The installation that the environment asks for. In the namespace that is everybody's default the operator watches all
 * namespaces; each further installation has an operator of its own, for its own broker, that watches nothing else.
 * Throws RangeError, which names the variable.
 */
export function installationOf(env: NodeJS.ProcessEnv): Installation {
  const namespace = env.CLUSTER_NAMESPACE ?? ''
  const operator = env.CLUSTER_OPERATOR ?? ''
  if (namespace !== '' && !NAME.test(namespace)) {
    throw new RangeError(
      `CLUSTER_NAMESPACE=${namespace} is no name of a namespace: up to 56 letters, digits and hyphens.`,
    )
  }
  if (!['', 'none'].includes(operator)) throw new RangeError(`CLUSTER_OPERATOR=${operator} can only be none.`)
  const isFurther = !['', NAMESPACE].includes(namespace)
  return {
    namespace: isFurther ? namespace : NAMESPACE,
    operatorNamespace: isFurther ? `${namespace}-system` : OPERATOR_NAMESPACE,
    watchNamespace: isFurther ? namespace : '',
    wantsOperator: operator === '',
    valueFiles: filesIn(env, 'CLUSTER_VALUES'),
    operatorValueFiles: filesIn(env, 'CLUSTER_OPERATOR_VALUES'),
  }
}

function filesIn(env: NodeJS.ProcessEnv, name: string): string[] {
  const files = (env[name] ?? '').split(',').flatMap((part) => part.trim() || [])
  const missing = files.find((file) => !existsSync(file))
  if (missing !== undefined) throw new RangeError(`${name} names ${missing}, which is not there.`)
  return files
}
