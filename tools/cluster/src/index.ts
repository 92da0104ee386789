/**
 * Vocabulary. Program: something that others wrote, at a version of the catalogue, built when it is not in the cache.
 * Node: the one-node Kubernetes that this tool runs. Part: one process of it. Layout: where a cluster keeps what.
 */
export { type Forward, openForward } from './access/forward.ts'
export { openPlatform, type PlatformAccess } from './access/platform.ts'
export { nodeProcesses } from './access/pod-processes.ts'
export {
  type Installation,
  installationOf,
  NAMESPACE,
  OPERATOR_NAMESPACE,
  OPERATOR_RELEASE,
  RELEASE,
} from './charts/installation.ts'
export { operatorValues, platformValues } from './charts/values.ts'
export { ClusterError, type ClusterErrorCode } from './errors.ts'
export { buildImages, type BuiltImages, readImages } from './images.ts'
export { apply, type Command, type CommandOptions, commandFor } from './kubectl.ts'
export { clusterLayout, type ClusterLayout, ingressUrl, NETWORK } from './layout.ts'
export { restartPart, setHpaSyncPeriod } from './node/control.ts'
export { importImages, type SavedImages } from './node/import-images.ts'
export { liveSupervisor } from './node/supervisor-file.ts'
export { waitFor, type WaitOptions } from './node/wait.ts'
export { findProgram, findPrograms, lookForProgram, type Say } from './programs/find.ts'
