import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { cacheFolder, findGo, type Go, run } from '@medqueue/servers'

import type { GoProgram } from './catalog.ts'
import { linkerFlags, type ModuleFile, moduleFile } from './module-file.ts'

const BUILD_LIMIT_MS = 45 * 60_000

/** Builds the program in the scratch folder and returns its path there. */
export async function buildProgram(program: GoProgram, scratch: string): Promise<string> {
  const tools = join(cacheFolder(), 'go')
  await mkdir(tools, { recursive: true })
  const go = await findGo(tools)
  const theirs = await publishedModuleFile(go, program, scratch)
  await writeFile(join(scratch, 'go.mod'), moduleFile(program, theirs))
  const output = join(scratch, program.name)
  // -mod=mod: the sums are written as modules arrive, each checked against the checksum database.
  const flags = ['-mod=mod', '-buildvcs=false', '-trimpath', `-ldflags=${linkerFlags(program)}`]
  await run(go.file, ['build', ...flags, '-o', output, program.package], {
    cwd: scratch,
    env: { ...go.env, CGO_ENABLED: '0', GOWORK: 'off' },
    timeoutMs: BUILD_LIMIT_MS,
  })
  return output
}

async function publishedModuleFile(go: Go, program: GoProgram, cwd: string): Promise<ModuleFile> {
  const options = { cwd, env: { ...go.env, GOWORK: 'off' }, timeoutMs: BUILD_LIMIT_MS }
  const download = await run(
    go.file,
    ['mod', 'download', '-json', `${program.module}@${program.version}`],
    options,
  )
  const { GoMod } = JSON.parse(onlyJson(download)) as { GoMod: string }
  return JSON.parse(onlyJson(await run(go.file, ['mod', 'edit', '-json', GoMod], options))) as ModuleFile
}

/** Go tells of its downloads on the other stream, which `run` appends. */
function onlyJson(output: string): string {
  return output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1)
}
