import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { CONTROLLER_ENVIRONMENT } from '@medqueue/service-kit/runtime'

/** One image of our own: a service, a controller, or what a tool runs in a cluster. */
export interface AppImage {
  /** After `medqueue-`. */
  name: string
  /** Folder in the repository. */
  folder: string
  title: string
  /** What it runs unless told otherwise. */
  entry: string
  /** Options of Node, where those of the shared image do not fit. */
  nodeOptions?: string
}

const SERVICES: Record<string, string> = {
  gateway: 'The one entry point of Medqueue: proxy, circuit breakers, API documentation',
  identity: 'Users and log-in of Medqueue',
  directory: 'Doctors, patients, clinics and services of Medqueue',
  scheduling: 'Rotas and free windows of Medqueue',
  booking: 'Booking api and booking worker of Medqueue',
  realtime: 'Live events of Medqueue by WebSocket',
}
const CONTROLLERS: Record<string, string> = {
  'booking-queue': 'Controller of BookingQueue objects',
  'worker-pool': 'Controller of BookingWorkerPool objects: scales workers with the queue',
}
const TOOLS: Record<string, string> = {
  'bench-worker': 'Worker that make bench-scaling lets autoscalers start and end',
}

/** Every image of our own. */
export function allAppImages(): AppImage[] {
  const services = Object.entries(SERVICES).map(([name, title]): AppImage => {
    const folder = `services/${name}`
    return { name, folder, title, entry: `${folder}/src/${name === 'booking' ? 'api-main' : 'main'}.ts` }
  })
  const controllers = Object.entries(CONTROLLERS).map(([name, title]): AppImage => {
    const folder = `controllers/${name}`
    const { NODE_OPTIONS: nodeOptions } = CONTROLLER_ENVIRONMENT
    return { name: `${name}-controller`, folder, title, entry: `${folder}/src/main.ts`, nodeOptions }
  })
  const tools = Object.entries(TOOLS).map(([name, title]): AppImage => {
    const folder = `tools/${name}`
    return { name, folder, title, entry: `${folder}/src/main.ts` }
  })
  return [...services, ...controllers, ...tools]
}

/** Those whose code is there. */
export const appImages = (root: string): AppImage[] =>
  allAppImages().filter(({ entry }) => existsSync(join(root, entry)))

/** Images of servers that a local cluster cannot pull; elsewhere the charts name those of the projects. */
export const SERVER_IMAGES = {
  pause: '1',
  coredns: '1.14.0',
  traefik: '3.6.12',
  nats: '2.15',
  redis: '7',
  postgres: '18',
} as const

export type ServerImage = keyof typeof SERVER_IMAGES

/** Those that a list names; all of them when it is empty. Throws RangeError on an unknown name. */
export function serversNamed(list: string): ServerImage[] {
  const all = Object.keys(SERVER_IMAGES) as ServerImage[]
  const names = list.split(/[\s,]+/).filter((name) => name !== '')
  const unknown = names.find((name) => !(all as string[]).includes(name))
  if (unknown !== undefined) throw new RangeError(`${unknown} is none of the servers: ${all.join(', ')}.`)
  return names.length === 0 ? all : all.filter((name) => names.includes(name))
}

/** Where images of a local cluster seem to come from: kubelet does not ask a registry for what is there. */
export const LOCAL_REGISTRY = 'docker.io'
export const LOCAL_REPOSITORY = 'local'

export const appReference = (name: string, tag: string) =>
  `${LOCAL_REGISTRY}/${LOCAL_REPOSITORY}/medqueue-${name}:${tag}`

export const serverReference = (name: ServerImage) =>
  `${LOCAL_REGISTRY}/${LOCAL_REPOSITORY}/${name}:${SERVER_IMAGES[name]}`
