import { spawn } from 'node:child_process'

export interface CommandOptions {
  /** Written to the program's standard input. */
  input?: string
  timeoutMs?: number
}

/** Runs a program of the Kubernetes family against one cluster and returns what it printed. */
export type Command = (args: readonly string[], options?: CommandOptions) => Promise<string>

/** `kubectl` or `helm` bound to a kubeconfig. Rejects with the last lines of what it complained about. */
export function commandFor(file: string, kubeconfig: string): Command {
  const env = { ...process.env, KUBECONFIG: kubeconfig }
  return async (args, { input, timeoutMs = 300_000 } = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn(file, args, { env, timeout: timeoutMs, stdio: ['pipe', 'pipe', 'pipe'] })
      let [output, complaint] = ['', '']
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
      child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
      child.on('error', reject)
      child.on('close', (code) => {
        if (code === 0) return resolve(output)
        const words = complaint.trim().split('\n').slice(-6).join(' | ')
        const what = `${file.split('/').at(-1) ?? file} ${args.slice(0, 3).join(' ')}`
        reject(new Error(`${what} failed: ${words === '' ? `code ${code ?? 'none'}` : words}`))
      })
      child.stdin.on('error', () => undefined) // It ended before it had read everything.
      child.stdin.end(input ?? '')
    })
}

/** Applies the objects on the server's side, as one owner, so that it can be done again. */
export async function apply(kubectl: Command, objects: readonly object[]): Promise<void> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects }
  const flags = ['--server-side', '--force-conflicts', '--field-manager=medqueue-cluster']
  await kubectl(['apply', ...flags, '-f', '-'], { input: JSON.stringify(list) })
}
