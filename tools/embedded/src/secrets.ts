import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

export interface Secrets {
  /** A secret of 32 random bytes, made the first time its name is asked for. */
  get: (name: string, encoding?: 'hex' | 'base64' | 'base64url') => string
}

/** Secrets of one installation, kept in a file that only its user may read. */
export function openSecrets(file: string): Secrets {
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {}
  return {
    get: (name, encoding = 'hex') => {
      const secret = known[name] ?? randomBytes(32).toString(encoding)
      if (known[name] === undefined) {
        known[name] = secret
        writeFileSync(`${file}.new`, `${JSON.stringify(known, null, 2)}\n`, { mode: 0o600 })
        renameSync(`${file}.new`, file)
      }
      return secret
    },
  }
}
