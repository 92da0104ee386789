import { pidFileIn, startChild } from '@medqueue/servers'

import { waitUntilCaughtUp } from './caught-up.ts'
import { prepareDatabases } from './databases.ts'
import { waitUntilReady } from './ready.ts'
import { logFileOf, type Run, startManaged } from './run.ts'
import { seedAll, unseeded } from './seed.ts'
import { environmentOf, migrationFolders, processSpecs, type ProcessSpec, seedPrograms } from './services.ts'

/** Services get this long to finish what they are at; the platform as a whole promises 15 s. */
const STOP_TIMEOUT_MS = 4_000

/** Databases, seeds, then every process of the services, each waited for until it is ready. */
export async function startServices(run: Run, services: readonly string[]): Promise<void> {
  const { progress, options, stopping } = run
  run.databases = await progress.track('databases', async () => {
    return prepareDatabases(run.postgresUrl, migrationFolders(services), run.secrets)
  })
  stopping.signal.throwIfAborted()
  if (options.seed !== false) await seed(run, services)
  stopping.signal.throwIfAborted()

  const specs = processSpecs(services, run, options)
  for (const spec of specs) run.specs.set(spec.name, spec)
  // Identity first: all others ask it for its keys.
  await startWave(
    run,
    specs.filter(({ service }) => service === 'identity'),
  )
  await startWave(
    run,
    specs.filter(({ service }) => service !== 'identity'),
  )
  const caughtUp = await progress.track('events between the services', async () => waitUntilCaughtUp(run))
  if (!caughtUp)
    progress.say('! the services are still telling each other their data: slots may be missing for a while')
}

async function startWave(run: Run, specs: readonly ProcessSpec[]): Promise<void> {
  const results = await Promise.allSettled(
    specs.map(async (spec) => run.progress.track(spec.name, async () => startService(run, spec))),
  )
  const failure = results.find((result) => result.status === 'rejected')
  if (failure !== undefined) throw failure.reason
}

async function seed(run: Run, services: readonly string[]): Promise<void> {
  const { folders, options, progress } = run
  const programs = seedPrograms(services)
  const wanted = unseeded({ dataDir: folders.data, programs })
  if (wanted.length === 0) return
  await progress.track(`demonstration data of ${wanted.join(', ')}`, async () => {
    await seedAll({
      dataDir: folders.data,
      logs: folders.logs,
      run: folders.run,
      programs,
      envOf: (service) => environmentOf(service, run, options),
      onStart: (child) => {
        run.helpers.add(child)
        void child.exited.then(() => run.helpers.delete(child))
      },
    })
  })
}

async function startService(run: Run, spec: ProcessSpec): Promise<void> {
  const { name, entry, env } = spec
  await startManaged(run, name, async () => {
    return startChild({
      name,
      file: process.execPath,
      args: [entry],
      env,
      logFile: logFileOf(run.folders, name),
      pidFile: pidFileIn(run.folders.run, name),
      stopTimeoutMs: STOP_TIMEOUT_MS,
    })
  })
  await serviceReady(run, name)
}

/** Resolves when the service answers that it is ready. */
export async function serviceReady(run: Run, name: string): Promise<void> {
  const [managed, spec] = [run.managed.get(name), run.specs.get(name)]
  if (managed === undefined || spec === undefined) throw new Error(`there is no service ${name}`)
  const url = `http://127.0.0.1:${spec.port}`
  await waitUntilReady({ managed, url, logFile: logFileOf(run.folders, name), signal: run.stopping.signal })
}
