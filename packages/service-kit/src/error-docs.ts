/**
 * Writes docs/errors.md from every catalogue: `node src/error-docs.ts`. With `--check` it writes nothing and fails when
 * the file is not what it would write.
 */
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

import { type CatalogueEntry, isCatalogue } from './errors.ts'

const REPOSITORY = resolve(import.meta.dirname, '../../..')
const GROUPS = ['packages', 'services']

interface Section {
  /** Folder of the package, such as `services/booking`. */
  folder: string
  entries: CatalogueEntry[]
}

/** The catalogues that `<group>/<package>/src/errors.ts` files export. Throws when two packages define one code. */
export async function readCatalogues(repository = REPOSITORY): Promise<Section[]> {
  const sections: Section[] = []
  for (const folder of await packageFolders(repository)) {
    const file = join(repository, folder, 'src/errors.ts')
    if (!existsSync(file)) continue
    const exports = (await import(pathToFileURL(file).href)) as Record<string, unknown>
    const entries = Object.values(exports)
      .filter(isCatalogue)
      .flatMap((catalogue) => Object.values(catalogue))
    if (entries.length > 0) sections.push({ folder, entries })
  }
  assertUnique(sections)
  return sections
}

async function packageFolders(repository: string): Promise<string[]> {
  const lists = GROUPS.map(async (group) => {
    const folder = join(repository, group)
    const names = existsSync(folder) ? await readdir(folder) : []
    return names.sort().map((name) => `${group}/${name}`)
  })
  return (await Promise.all(lists)).flat()
}

function assertUnique(sections: Section[]): void {
  const owners = new Map<string, string>()
  for (const { folder, entries } of sections) {
    for (const { code } of entries) {
      const owner = owners.get(code)
      if (owner !== undefined) throw new Error(`error code ${code} is defined by ${owner} and by ${folder}`)
      owners.set(code, folder)
    }
  }
}

/** The whole of docs/errors.md. */
export function renderErrorDocs(sections: Section[]): string {
  return `${[INTRODUCTION, ...sections.map(renderSection)].join('\n\n')}\n`
}

const INTRODUCTION = `# Errors

Generated from the error catalogues by \`make generate-errors\`; a test fails when this page is out of date.

Every error answer is a problem document (RFC 9457, \`application/problem+json\`): \`type\`, \`title\`, \`status\`, \`code\`,
\`traceId\`, and where they help \`detail\`, \`errors\` (each with \`field\` and \`message\`) and members of the one problem. \`code\`
never changes its meaning; \`type\` is \`https://medqueue.dev/problems/\` and the code in lower case with dashes. Answers with
a status of 500 or more say nothing of what happened inside; the logs do, under the \`traceId\`.`

function renderSection({ folder, entries }: Section): string {
  const title = folder === 'packages/service-kit' ? 'Every service' : folder.slice(folder.indexOf('/') + 1)
  const rows = entries.map(({ code, status, title: meaning, hint }) => {
    return `| \`${code}\` | ${status} | ${cell(meaning)} | ${cell(hint)} |`
  })
  return [
    `## ${title}`,
    '',
    '| code | status | what it means | what to do |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

async function main(check: boolean): Promise<number> {
  const file = join(REPOSITORY, 'docs/errors.md')
  const wanted = renderErrorDocs(await readCatalogues())
  if (!check) {
    await writeFile(file, wanted)
    return 0
  }
  const found = existsSync(file) ? await readFile(file, 'utf8') : ''
  if (found === wanted) return 0
  process.stderr.write('docs/errors.md is out of date: run `make generate-errors`\n')
  return 1
}

if (import.meta.main) process.exitCode = await main(process.argv.includes('--check'))
