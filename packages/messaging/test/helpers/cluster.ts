import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { freePort, type RunningNats, startNats } from '@medqueue/servers'
import type { Scope } from '@medqueue/testing'

/** Three brokers that keep streams together, ended with the scope. */
export async function threeBrokers(scope: Scope): Promise<[RunningNats, RunningNats, RunningNats]> {
  const folder = await mkdtemp(join(tmpdir(), 'medqueue-cluster-'))
  const ports: [number, number, number] = [await freePort(), await freePort(), await freePort()]
  const start = async (name: string, port: number) => {
    const dataDir = await mkdtemp(join(folder, name))
    return startNats({
      dataDir,
      port: await freePort(),
      monitorPort: await freePort(),
      cluster: { name, port, ports },
    })
  }
  // None of them is ready before it sees the others.
  const starting = [start('a', ports[0]), start('b', ports[1]), start('c', ports[2])] as const
  scope.teardown(async () => {
    await Promise.all((await Promise.allSettled(starting)).map(stopStarted))
    await rm(folder, { recursive: true, force: true })
  })
  return Promise.all(starting)
}

async function stopStarted(started: PromiseSettledResult<RunningNats>): Promise<void> {
  if (started.status === 'fulfilled') await started.value.stop()
}
