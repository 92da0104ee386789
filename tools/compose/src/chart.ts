import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { parse } from 'yaml'

interface Limited {
  resources: { limits: { memory: string } }
}

interface ServerValues extends Limited {
  image: { registry: string; repository: string; tag: string }
}

/** What the platform's chart says that holds for containers anywhere. */
export interface ChartValues {
  image: { registry: string; repository: string }
  trustProxy: string
  gateway: Limited
  identity: Limited
  directory: Limited
  scheduling: Limited
  bookingApi: Limited
  bookingWorker: Limited & { replicas: number }
  realtime: Limited
  migrations: Limited & { waitSeconds: number }
  nats: ServerValues
  postgresql: ServerValues
  redis: ServerValues
}

export interface Chart {
  values: ChartValues
  /** Tag of our images in a release. */
  version: string
}

export function readChart(root: string): Chart {
  const read = (name: string): unknown =>
    parse(readFileSync(join(root, 'charts/medqueue', name), 'utf8')) as unknown
  const { appVersion } = read('Chart.yaml') as { appVersion: string }
  return { values: read('values.yaml') as ChartValues, version: appVersion }
}

/** `512Mi` in Docker's words. */
export function memoryOf({ resources }: Limited): string {
  const match = /^(\d+)([MG])i$/.exec(resources.limits.memory)
  if (match === null) throw new RangeError(`${resources.limits.memory} is no size in Mi or Gi.`)
  return `${match[1] ?? ''}${match[2]?.toLowerCase() ?? ''}`
}

/** `docker.io/library/nats:2.12.3`. */
export const referenceOf = ({ image }: ServerValues) => `${image.registry}/${image.repository}:${image.tag}`
