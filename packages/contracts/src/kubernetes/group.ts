/** The API group of every kind of the platform. */
export const API_GROUP = 'medqueue.dev'

/** The only version so far. */
export const API_VERSION = 'v1alpha1'

/** `apiVersion` of every object of the group. */
export const GROUP_VERSION = `${API_GROUP}/${API_VERSION}`

/** A column of `kubectl get`. */
export interface PrinterColumn {
  name: string
  type: 'string' | 'integer' | 'number' | 'date'
  jsonPath: string
  description: string
  /** 0 is always shown, 1 only with `-o wide`. */
  priority?: 0 | 1
}

/** Where `kubectl scale` and autoscalers read and write a number of replicas. */
export interface ScaleSubresource {
  specReplicasPath: string
  statusReplicasPath: string
  labelSelectorPath: string
}

/** What a kind is called, and what of it is shown; the rest of its definition comes from its schema. */
export interface KindDefinition {
  kind: string
  plural: string
  singular: string
  shortNames: string[]
  categories: string[]
  columns: PrinterColumn[]
  scale?: ScaleSubresource
}
