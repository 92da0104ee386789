/**
 * `make generate-openapi`: starts the services without data and writes what they say of themselves to docs/openapi/. It
 * refuses to write what breaks clients that were made for what is there, unless the service has another version.
 * With `--check` it writes nothing and fails when a file is not what it would write.
 */
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { format } from 'prettier'

import { explain } from '../command.ts'
import { freePortsOffset } from '../free-offset.ts'
import type { PlatformUrls } from '../layout.ts'
import { startPlatform } from '../platform.ts'
import { ROOT } from '../services.ts'
import { breakingChanges, type Document, isNewEra } from './breaking.ts'

const FOLDER = join(ROOT, 'docs/openapi')

const check = process.argv.includes('--check')

async function main(): Promise<number> {
  const documents = await collect()
  const breaks = (await Promise.all(Object.entries(documents).map(broken))).flat()
  for (const line of breaks) console.error(line)
  if (breaks.length > 0) return 1
  if (!check) await mkdir(FOLDER, { recursive: true })
  let stale = 0
  for (const [name, text] of Object.entries(documents)) {
    const file = join(FOLDER, `${name}.json`)
    if (!check) await writeFile(file, text)
    else if (!existsSync(file) || (await readFile(file, 'utf8')) !== text) {
      console.error(`docs/openapi/${name}.json is out of date: run \`make generate-openapi\``)
      stale += 1
    }
  }
  console.log(`${Object.keys(documents).length} OpenAPI documents, ${stale} out of date`)
  return stale === 0 ? 0 : 1
}

/** What would break clients of the document that is there, and how to do it nevertheless. */
async function broken([name, text]: [string, string]): Promise<string[]> {
  const file = join(FOLDER, `${name}.json`)
  if (!existsSync(file)) return []
  const [before, after] = [await readFile(file, 'utf8'), text].map((each) => JSON.parse(each) as Document)
  if (before === undefined || after === undefined || isNewEra(before, after)) return []
  const lines = breakingChanges(before, after)
  return lines.length === 0
    ? []
    : [`${name} ${after.info.version} breaks its clients; give it another version:`, ...lines]
}

async function collect(): Promise<Record<string, string>> {
  await mkdir(join(ROOT, '.data'), { recursive: true })
  const dataDir = await mkdtemp(join(ROOT, '.data/openapi-'))
  await chmod(dataDir, 0o755)
  try {
    const platform = await startPlatform({
      dataDir,
      portsOffset: await freePortsOffset(),
      seed: false,
      quiet: true,
    })
    try {
      return Object.fromEntries(
        await Promise.all(sources(platform.urls).map(async (source) => document(...source))),
      )
    } finally {
      await platform.stop()
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

function sources(urls: PlatformUrls): [string, string][] {
  const { identity, directory, scheduling, realtime } = urls
  const services = { identity, directory, scheduling, realtime, booking: urls.booking[0] ?? '' }
  return Object.entries(services)
}

async function document(name: string, url: string): Promise<[string, string]> {
  const answer = await fetch(`${url}/openapi.json`)
  if (!answer.ok) throw new Error(`${name} answers ${answer.status} to /openapi.json`)
  return [name, await format(JSON.stringify(await answer.json()), { parser: 'json', printWidth: 110 })]
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(explain(error))
    process.exit(1)
  },
)
