import type { Provisioned } from '@medqueue/database'
import {
  type Child,
  identityOf,
  type Launched,
  type Managed,
  type Progress,
  supervise,
} from '@medqueue/servers'

import type { Folders } from './data-folder.ts'
import type { Layout } from './layout.ts'
import type { PlatformOptions } from './options.ts'
import { writePlatformFile } from './platform-file.ts'
import type { Secrets } from './secrets.ts'
import type { ProcessSpec } from './services.ts'

/** All that is known about one platform while it starts, runs and stops. */
export interface Run {
  readonly options: PlatformOptions
  readonly folders: Folders
  readonly layout: Layout
  readonly secrets: Secrets
  readonly progress: Progress
  /** Aborted when the platform is to stop. */
  readonly stopping: AbortController
  readonly startedAt: string
  /** By name, in the order of their start. */
  readonly managed: Map<string, Managed>
  /** Services only. */
  readonly specs: Map<string, ProcessSpec>
  /** Programs that end by themselves, such as seeds. */
  readonly helpers: Set<Child>
  postgresUrl: string
  databases: Record<string, Provisioned>
}

/** Puts a process under supervision and starts it. */
export async function startManaged(
  run: Run,
  name: string,
  launch: () => Promise<Launched>,
): Promise<Managed> {
  const managed = supervise({
    name,
    launch,
    onChange: () => publish(run),
    onCrash: (crashed, backOffMs, error) => {
      const reason = error instanceof Error ? `: ${error.message}` : ''
      run.progress.say(`! ${crashed} ended by itself, starting it again in ${backOffMs / 1000} s${reason}`)
    },
  })
  run.managed.set(name, managed)
  await managed.start()
  return managed
}

/** Writes down how to find every part, once there is something to find. */
export function publish(run: Run): void {
  if (run.stopping.signal.aborted || run.postgresUrl === '') return
  const { folders, layout, secrets, startedAt, postgresUrl, databases } = run
  writePlatformFile({
    launcher: identityOf(process.pid),
    startedAt,
    dataDir: folders.data,
    urls: layout.urls,
    audience: 'medqueue',
    postgresUrl,
    databases,
    processes: Object.fromEntries([...run.managed.values()].flatMap((managed) => entryOf(run, managed))),
    clients: { 'load-tests': secrets.get('client.loadTests', 'base64url') },
  })
}

function entryOf(run: Run, { name, pid }: Managed): [string, { pid: number; log: string }][] {
  const current = pid()
  return current === undefined ? [] : [[name, { pid: current, log: logFileOf(run.folders, name) }]]
}

export function logFileOf({ logs }: Folders, name: string): string {
  return `${logs}/${name}.log`
}
