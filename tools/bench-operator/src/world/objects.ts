import { BookingQueueSpec, BookingWorkerPoolSpec } from '@medqueue/contracts'
import type { Intent } from '@medqueue/operator-kit'
import { Value } from 'typebox/value'

import type { Thing } from './kinds.ts'
import { MAILS, NAMESPACE, namesFor, PARTITIONS, readsLog } from './names.ts'

/** Variables of a worker's container, as the chart gives them: they are most of a Deployment. */
const VARIABLES = 28

const labelsOf = (index: number) => ({
  'app.kubernetes.io/name': 'medqueue',
  'app.kubernetes.io/instance': namesFor(index).deployment,
  'app.kubernetes.io/component': 'booking-worker',
})

const probe = (path: string) => ({
  httpGet: { path, port: 'http', scheme: 'HTTP' },
  periodSeconds: 5,
  timeoutSeconds: 5,
  successThreshold: 1,
  failureThreshold: 8,
})

function podSpecOf(index: number) {
  const { deployment } = namesFor(index)
  const env = Array.from({ length: VARIABLES }, (_, at) => ({
    name: `MEDQUEUE_SETTING_${at}`,
    value: `${deployment}.${NAMESPACE}.svc.cluster.local/setting-${at}`,
  }))
  const securityContext = {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  }
  const container = {
    name: 'booking-worker',
    image: 'ghcr.io/medqueue/medqueue-booking:0.1.0',
    command: ['node', 'services/booking/src/worker-main.ts'],
    env,
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    resources: { requests: { cpu: '50m', memory: '160Mi' }, limits: { cpu: '2', memory: '512Mi' } },
    startupProbe: probe('/livez'),
    livenessProbe: probe('/livez'),
    readinessProbe: probe('/readyz'),
    securityContext,
  }
  return { serviceAccountName: deployment, terminationGracePeriodSeconds: 60, containers: [container] }
}

/** A Deployment of workers all of which are ready. */
export function deploymentOf(index: number, replicas: number): Intent<Thing> {
  const labels = labelsOf(index)
  return {
    metadata: { name: namesFor(index).deployment, namespace: NAMESPACE, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: { metadata: { labels }, spec: podSpecOf(index) },
    },
    status: { observedGeneration: 1, replicas, updatedReplicas: replicas, readyReplicas: replicas },
  }
}

/** The only worker of a Deployment, ready. */
export function podOf(index: number): Intent<Thing> {
  const labels = { ...labelsOf(index), 'pod-template-hash': '799bcb5cd9' }
  const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' })
  return {
    metadata: { name: namesFor(index).pod, namespace: NAMESPACE, labels },
    spec: podSpecOf(index),
    status: {
      phase: 'Running',
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(condition),
    },
  }
}

export function poolOf(index: number, minReplicas: number): Intent<Thing> {
  const { pool, queue, consumer, deployment } = namesFor(index)
  const source = readsLog(index)
    ? { queueRef: { name: queue } }
    : { consumerRef: { stream: MAILS, consumer } }
  const targetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: deployment }
  return {
    metadata: { name: pool, namespace: NAMESPACE },
    spec: Value.Default(BookingWorkerPoolSpec, {
      ...source,
      targetRef,
      minReplicas,
      maxReplicas: 8,
    }) as object,
  }
}

export function queueOf(index: number): Intent<Thing> {
  const { queue, stream, prefix, deadLetters } = namesFor(index)
  const given = {
    ...{ stream, partitions: PARTITIONS, replicas: 1, subjectPrefix: prefix },
    ...{ limits: { maxBytes: 1_048_576 }, deadLetter: { stream: deadLetters, maxBytes: 1_048_576 } },
  }
  return {
    metadata: { name: queue, namespace: NAMESPACE },
    spec: Value.Default(BookingQueueSpec, given) as object,
  }
}
