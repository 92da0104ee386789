/** The line of a process's log that most likely says why it ended. */
export function lastWords(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  const reasons = lines.flatMap((line) => reasonIn(line) ?? [])
  const text = reasons.at(-1) ?? lines.at(-1) ?? 'it wrote nothing'
  return text.trim().slice(0, 300)
}

interface LogLine {
  /** A word, or the number that stands for it. */
  level?: unknown
  msg?: string
  err?: { message?: string; text?: string }
}

const ERROR_LEVELS: unknown[] = ['error', 'fatal', 50, 60]

function reasonIn(line: string): string | undefined {
  if (!line.startsWith('{')) return /^(?:\w*Error|\[\w+\])\b.*/.test(line) ? line : undefined
  const { level, msg, err } = parse(line)
  if (!ERROR_LEVELS.includes(level)) return undefined
  return [msg, err?.message ?? err?.text].filter((part) => part !== undefined).join(': ')
}

function parse(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine
  } catch {
    return {} // A line cut short.
  }
}
