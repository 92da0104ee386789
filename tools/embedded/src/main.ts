/** `make up`: the whole platform in one process tree, until Ctrl-C. */
import { dataDirOf, explain, portsOffsetOf } from './command.ts'
import { type Platform, startPlatform } from './platform.ts'
import { demoLogins, summaryOf } from './summary.ts'

const abort = new AbortController()
let signals = 0

function stopOn(signal: NodeJS.Signals): void {
  process.on(signal, () => {
    signals += 1
    if (signals === 1) console.log('\nstopping … (again to end at once)')
    else process.exit(1) // The kernel ends our children with us.
    abort.abort()
  })
}

async function main(): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) stopOn(signal)
  const began = performance.now()
  const platform = await startPlatform(
    {
      dataDir: dataDirOf(process.env),
      portsOffset: portsOffsetOf(process.env),
      reset: process.argv.includes('--reset'),
    },
    abort.signal,
  )
  console.log(summaryOf(platform, demoLogins(), performance.now() - began))
  await untilStopped(platform)
}

async function untilStopped(platform: Platform): Promise<void> {
  if (!abort.signal.aborted) {
    await new Promise((resolve) => abort.signal.addEventListener('abort', resolve, { once: true }))
  }
  await platform.stop()
  console.log('stopped')
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    if (abort.signal.aborted) console.log('stopped')
    else console.error(explain(error))
    process.exit(abort.signal.aborted ? 0 : 1)
  },
)
