import { removePlatformFile } from './platform-file.ts'
import type { Run } from './run.ts'

/** Who is stopped before whom: first what takes requests in, last what keeps the data. */
const WAVES: ((name: string) => boolean)[] = [
  (name) => ['gateway', 'realtime'].includes(name) || name.startsWith('booking-api'),
  (name) => !['postgres', 'nats', 'redis'].includes(name),
  (name) => name !== 'postgres',
  () => true,
]

/** Ends every process in order. Never rejects: what will not end is ended by force. */
export async function stopAll(run: Run): Promise<void> {
  run.stopping.abort()
  await Promise.all([...run.helpers].map(async (helper) => helper.stop()))
  const left = new Map(run.managed)
  for (const belongs of WAVES) {
    const wave = [...left].filter(([name]) => belongs(name))
    for (const [name] of wave) left.delete(name)
    await Promise.all(wave.map(async ([, managed]) => managed.stop()))
  }
  removePlatformFile(run.folders.data)
}
