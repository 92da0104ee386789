import { readFileSync } from 'node:fs'

/**
 * A URL that carries a password, to be asked for whenever a connection is made. With a file it is what the file holds by
 * then, so that a password is changed without a restart: those who are connected stay, whoever connects uses the new one.
 * A file that is gone for a moment, or holds no URL, changes nothing.
 */
export function secretUrl(initial: string, file: string | undefined): () => string {
  if (file === undefined) return () => initial
  let known = initial
  return () => {
    const text = readSecret(file)
    if (text !== undefined && isReadable(text)) known = text
    return known
  }
}

/** A URL whose name and password can be decoded: others would be refused only when a connection is made. */
function isReadable(text: string): boolean {
  try {
    const { username, password } = new URL(text)
    decodeURIComponent(username)
    decodeURIComponent(password)
    return true
  } catch {
    return false
  }
}

/** What the file holds, without the line's end; undefined when it cannot be read. It is small, and read in place. */
export function readSecret(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined
  }
}
