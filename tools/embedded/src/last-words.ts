/** The line of a process's log that most likely says why it ended. */
export function lastWords(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  const words = lines.findLast((line) => reasonIn(line) !== undefined)
  const text = (words === undefined ? undefined : reasonIn(words)) ?? lines.at(-1) ?? 'it wrote nothing'
  return text.trim().slice(0, 300)
}

const ERROR_LEVEL = 50

function reasonIn(line: string): string | undefined {
  if (!line.startsWith('{')) return /^(?:\w*Error|\[\w+\])\b.*/.test(line) ? line : undefined
  try {
    const { level, msg, err } = JSON.parse(line) as {
      level?: unknown
      msg?: string
      err?: { message?: string }
    }
    const isError =
      (typeof level === 'number' && level >= ERROR_LEVEL) || level === 'error' || level === 'fatal'
    return isError ? [msg, err?.message].filter((part) => part !== undefined).join(': ') : undefined
  } catch {
    return undefined // A line cut short.
  }
}
