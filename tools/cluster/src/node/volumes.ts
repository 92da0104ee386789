/**
 * Gives each claim of the class `local` a folder of this machine. A `local` volume rather than a `hostPath`, since
 * kubelet makes its owner the group that the pod asks for, and pods do not run as root.
 */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { CoreV1Api, KubeConfig, type V1PersistentVolume } from '@kubernetes/client-node'
import { messageOf } from '@medqueue/servers'

import type { ClusterLayout } from '../layout.ts'

export const STORAGE_CLASS = 'local'
export const PROVISIONER = 'medqueue.dev/local-folders'
const MARK = 'pv.kubernetes.io/provisioned-by'
const EVERY_MS = 1_000

/** As much of a PersistentVolumeClaim as matters here. */
export interface Claim {
  metadata?: {
    name?: string | undefined
    namespace?: string | undefined
    uid?: string | undefined
    deletionTimestamp?: Date | undefined
  }
  spec?: {
    storageClassName?: string | undefined
    accessModes?: string[] | undefined
    resources?: { requests?: Record<string, string> | undefined } | undefined
  }
  status?: { phase?: string | undefined }
}

/** As much of a PersistentVolume as matters here. */
export interface Volume {
  metadata?: {
    name?: string | undefined
    annotations?: Record<string, string> | undefined
    deletionTimestamp?: Date | undefined
  }
  spec?: { claimRef?: { uid?: string | undefined }; local?: { path?: string | undefined } }
  status?: { phase?: string | undefined }
}

/** The claims of our class that wait for a volume and have none yet. */
export function claimsToServe(claims: readonly Claim[], volumes: readonly Volume[]): Claim[] {
  const served = new Set(volumes.map(({ spec }) => spec?.claimRef?.uid))
  return claims.filter(
    ({ spec, status, metadata }) =>
      spec?.storageClassName === STORAGE_CLASS &&
      status?.phase === 'Pending' &&
      metadata?.deletionTimestamp === undefined &&
      !served.has(metadata?.uid),
  )
}

/** Our volumes whose claim is gone. */
export function volumesToDelete(volumes: readonly Volume[]): Volume[] {
  return volumes.filter(
    ({ metadata, status }) =>
      metadata?.annotations?.[MARK] === PROVISIONER &&
      metadata.deletionTimestamp === undefined &&
      (status?.phase === 'Released' || status?.phase === 'Failed'),
  )
}

/** A volume for the claim, bound to it and to this node. */
export function volumeFor(claim: Claim, folder: string, node: string) {
  const name = claim.metadata?.name
  const namespace = claim.metadata?.namespace
  const uid = claim.metadata?.uid
  const here = { key: 'kubernetes.io/hostname', operator: 'In', values: [node] }
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `local-${uid ?? ''}`, annotations: { [MARK]: PROVISIONER } },
    spec: {
      capacity: claim.spec?.resources?.requests ?? {},
      accessModes: claim.spec?.accessModes ?? [],
      persistentVolumeReclaimPolicy: 'Delete',
      storageClassName: STORAGE_CLASS,
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid },
      local: { path: folder },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [here] }] } },
    },
  }
}

/** Runs until the signal; a failure is told and the next round tries again. */
export async function provisionVolumes(
  layout: ClusterLayout,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  const config = new KubeConfig()
  config.loadFromFile(layout.kubeconfig)
  const api = config.makeApiClient(CoreV1Api)
  let complaint = ''
  while (!signal.aborted) {
    try {
      await reconcile(api, layout)
      complaint = ''
    } catch (error) {
      const message = messageOf(error)
      if (message !== complaint) say(`volumes: ${message}`)
      complaint = message
    }
    await delay(EVERY_MS, undefined, { signal }).catch(() => undefined)
  }
}

async function reconcile(api: CoreV1Api, layout: ClusterLayout): Promise<void> {
  const volumes = (await api.listPersistentVolume()).items
  const claims = (await api.listPersistentVolumeClaimForAllNamespaces()).items
  for (const claim of claimsToServe(claims, volumes)) {
    const path = join(layout.volumes, claim.metadata?.uid ?? '')
    await mkdir(path, { recursive: true })
    const body: unknown = volumeFor(claim, path, layout.nodeName)
    await api.createPersistentVolume({ body: body as V1PersistentVolume })
  }
  for (const volume of volumesToDelete(volumes)) await remove(api, volume, layout.volumes)
}

async function remove(api: CoreV1Api, volume: Volume, folder: string): Promise<void> {
  const path = volume.spec?.local?.path
  if (path?.startsWith(join(folder, '/')) === true) await rm(path, { recursive: true, force: true })
  await api.deletePersistentVolume({ name: volume.metadata?.name ?? '' })
}
