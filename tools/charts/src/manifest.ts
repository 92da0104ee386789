import { parseAllDocuments } from 'yaml'

import { ChartError } from './errors.ts'

export type Labels = Readonly<Record<string, string>>

/** An object of a rendered chart, as far as it is looked at here. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string; labels?: Labels; annotations?: Labels }
  spec?: unknown
  rules?: unknown
}

/** A pod that some object of a chart makes. */
export interface Pod {
  /** Kind and name of its owner, or its own. */
  owner: string
  labels: Labels
  annotations: Labels
  spec: PodSpec
}

export interface PodSpec {
  containers: Container[]
  initContainers?: Container[]
  ephemeralContainers?: Container[]
  volumes?: Record<string, unknown>[]
  securityContext?: SecurityContext & { sysctls?: { name: string }[] }
  hostNetwork?: boolean
  hostPID?: boolean
  hostIPC?: boolean
  [key: string]: unknown
}

export interface Container {
  name: string
  securityContext?: SecurityContext
  ports?: { containerPort: number; hostPort?: number; protocol?: string }[]
  [key: string]: unknown
}

export interface SecurityContext {
  privileged?: boolean
  allowPrivilegeEscalation?: boolean
  runAsNonRoot?: boolean
  runAsUser?: number
  procMount?: string
  capabilities?: { add?: string[]; drop?: string[] }
  seccompProfile?: { type: string }
  appArmorProfile?: { type: string }
  seLinuxOptions?: { type?: string; user?: string; role?: string }
  windowsOptions?: { hostProcess?: boolean }
}

/** The objects of a rendered chart. Throws CHART_RULE when the text is no YAML. */
export function readManifest(text: string): KubeObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors
    if (error !== undefined)
      throw new ChartError('CHART_RULE', `what is rendered is no YAML: ${error.message}`)
    const object: unknown = document.toJSON()
    return object === null ? [] : [object as KubeObject]
  })
}

interface Template {
  metadata?: { labels?: Labels; annotations?: Labels }
  spec: PodSpec
}

/** Every pod that the objects make: those of workloads and jobs, and bare ones. */
export function podsOf(objects: readonly KubeObject[]): Pod[] {
  return objects.flatMap((object): Pod[] => {
    const owner = `${object.kind} ${object.metadata.name}`
    if (object.kind === 'Pod') {
      const { labels = {}, annotations = {} } = object.metadata
      return [{ owner, labels, annotations, spec: object.spec as PodSpec }]
    }
    const template = (object.spec as { template?: Template } | undefined)?.template
    if (!['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(object.kind) || template === undefined)
      return []
    const { labels = {}, annotations = {} } = template.metadata ?? {}
    return [{ owner, labels, annotations, spec: template.spec }]
  })
}
