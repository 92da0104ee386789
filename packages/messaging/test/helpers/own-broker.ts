import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { findNats, freePort, pidFileIn, startChild } from '@medqueue/servers'
import type { Scope } from '@medqueue/testing'

export interface OwnBroker {
  port: number
  monitorPort: number
  /** Goes on with other lines, as an administrator has it read its file anew. */
  reload: (lines: readonly string[]) => Promise<void>
}

/** Lines of the configuration, and files that they name, by the folder in which both are. */
export interface BrokerSetup {
  lines: (folder: string) => string[]
  files?: Readonly<Record<string, string>>
  jetstream?: string
  monitoring?: 'http' | 'https'
}

/** A broker of the scope's own, with another configuration than the one of all tests. */
export async function ownBroker(scope: Scope, setup: BrokerSetup): Promise<OwnBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'medqueue-nats-'))
  const [port, monitorPort] = [await freePort(), await freePort()]
  const { lines, files = {}, jetstream = '', monitoring = 'http' } = setup
  const config = join(folder, 'nats.conf')
  const write = async (more: readonly string[]) =>
    writeFile(
      config,
      [
        `listen: "127.0.0.1:${port}"`,
        `${monitoring}: "127.0.0.1:${monitorPort}"`,
        `jetstream { store_dir: ${JSON.stringify(join(folder, 'data'))}, sync_interval: always, ${jetstream} }`,
        ...more,
        '',
      ].join('\n'),
    )
  await Promise.all(Object.entries(files).map(async ([name, text]) => writeFile(join(folder, name), text)))
  await write(lines(folder))
  const child = await startChild({
    name: 'NATS',
    file: await findNats(() => undefined),
    args: ['--config', config],
    logFile: join(folder, 'nats.log'),
    pidFile: pidFileIn(folder, 'nats'),
  })
  scope.teardown(async () => {
    await child.stop()
    await rm(folder, { recursive: true, force: true })
  })
  return {
    port,
    monitorPort,
    reload: async (more) => {
      await write(more)
      process.kill(child.pid, 'SIGHUP')
    },
  }
}
