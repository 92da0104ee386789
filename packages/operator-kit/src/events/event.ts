import { microTime } from '../leader/lease.ts'
import { defineResource } from '../resource.ts'
import type { EventNote, Regarding } from '../types/events.ts'
import type { Intent, KubeObject } from '../types/object.ts'

export interface ObjectReference {
  apiVersion: string
  kind: string
  name: string
  namespace?: string
  uid?: string
  resourceVersion?: string
}

/** How often the same was said, and when last. */
export interface EventSeries {
  count: number
  lastObservedTime: string
}

export interface KubeEvent extends KubeObject {
  eventTime: string
  reportingController: string
  reportingInstance: string
  type: 'Normal' | 'Warning'
  reason: string
  action: string
  note: string
  regarding: ObjectReference
  related?: ObjectReference
  series?: EventSeries
}

export const events = defineResource<KubeEvent>({
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
})

/** Limits of events.k8s.io/v1. */
const LONGEST_NOTE_BYTES = 1_024
const LONGEST_INSTANCE = 128

function cut(note: string): string {
  if (Buffer.byteLength(note) <= LONGEST_NOTE_BYTES) return note
  const bytes = Buffer.from(note).subarray(0, LONGEST_NOTE_BYTES - 3)
  // A character cut in two decodes to replacement characters at the end.
  return `${bytes.toString().replace(/\uFFFD+$/, '')}…`
}

function referenceTo({ apiVersion, kind, metadata }: Regarding): ObjectReference {
  const { name, namespace, uid, resourceVersion } = metadata
  return {
    apiVersion,
    kind,
    name,
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  }
}

export interface Reporter {
  /** Such as `medqueue.dev/worker-pool`. */
  controller: string
  /** The pod's name. */
  instance: string
}

export interface EventFacts {
  regarding: Regarding
  note: EventNote
  reporter: Reporter
  /** Wall time in milliseconds. */
  now: number
  /** Makes the name unique. */
  suffix: string
}

/** Events of cluster-scoped objects live in `default`. */
export const namespaceOf = ({ metadata }: Regarding): string => metadata.namespace ?? 'default'

/** Events with the same identity are one series. */
export function identityOf(regarding: Regarding, { type, reason, action, note, related }: EventNote): string {
  const about = [regarding, related].map((object) =>
    object === undefined
      ? ''
      : [object.kind, object.metadata.namespace, object.metadata.name, object.metadata.uid],
  )
  return JSON.stringify([about, type, reason, action, note])
}

export function eventFrom({ regarding, note, reporter, now, suffix }: EventFacts): Intent<KubeEvent> {
  const { type, reason, action, related } = note
  return {
    metadata: { name: `${regarding.metadata.name}.${suffix}`, namespace: namespaceOf(regarding) },
    eventTime: microTime(now),
    reportingController: reporter.controller,
    reportingInstance: reporter.instance.slice(0, LONGEST_INSTANCE),
    type,
    reason,
    action,
    note: cut(note.note),
    regarding: referenceTo(regarding),
    ...(related !== undefined && { related: referenceTo(related) }),
  }
}
