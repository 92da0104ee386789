import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { LoadError } from './errors.ts'
import { ROOT, type Target } from './target.ts'

const run = promisify(execFile)

const MINT = join(ROOT, 'services/identity/src/mint-tokens.ts')
const MOST_MINUTES = 720

export interface TokensWanted {
  /** The first so many patients of the demonstration. */
  count: number
  /** Seconds that they must hold. */
  seconds: number
  /** A file with tokens, instead of making them. */
  file: string | undefined
  /** Where passing files may be written. */
  folder: string
}

/** Access tokens of patients, in the order of the demonstration's patients. Throws LOAD_WORLD. */
export async function tokensFor(
  target: Pick<Target, 'minting'>,
  { count, seconds, file, folder }: TokensWanted,
): Promise<string[]> {
  const tokens = file === undefined ? await mint(target, { count, seconds, folder }) : await readTokens(file)
  if (tokens.length >= count) return tokens.slice(0, count)
  throw new LoadError(
    'LOAD_WORLD',
    `${count} tokens are needed and there are ${tokens.length}: set VUS lower.`,
  )
}

async function mint(
  { minting }: Pick<Target, 'minting'>,
  { count, seconds, folder }: Omit<TokensWanted, 'file'>,
): Promise<string[]> {
  const out = join(folder, 'minted.jsonl')
  const minutes = Math.min(MOST_MINUTES, Math.ceil(seconds / 60) + 10)
  const env = { ...process.env, ...minting }
  const args = [MINT, '--out', out, '--count', String(count), '--minutes', String(minutes)]
  try {
    await run(process.execPath, args, { env })
    return await readTokens(out)
  } catch (cause) {
    throw new LoadError('LOAD_WORLD', `No tokens could be made for the patients: ${reasonOf(cause)}`, {
      cause,
    })
  } finally {
    await rm(out, { force: true })
  }
}

const LOG_IN = join(ROOT, 'services/identity/src/login.ts')
const ADMIN = 'admin@demo.medqueue.dev'

/** An access token of the demonstration's administrator, or that of ADMIN_TOKEN. Throws LOAD_WORLD. */
export async function adminToken({ minting }: Pick<Target, 'minting'>): Promise<string> {
  const given = process.env.ADMIN_TOKEN
  if (given !== undefined && given !== '') return given
  try {
    const { stdout } = await run(process.execPath, [LOG_IN, ADMIN], { env: { ...process.env, ...minting } })
    return stdout.trim()
  } catch (cause) {
    throw new LoadError('LOAD_WORLD', `The administrator could not log in: ${reasonOf(cause)}`, { cause })
  }
}

const MOST_WORDS = 400

/** What the program said, in one line, or why it did not run. */
function reasonOf(error: unknown): string {
  const said = (error as { stderr?: string }).stderr?.replaceAll(/\s+/g, ' ').trim() ?? ''
  return (said === '' ? String(error) : said).slice(0, MOST_WORDS)
}

async function readTokens(file: string): Promise<string[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '')
  return lines.map((line) => (JSON.parse(line) as { token: string }).token)
}
