import { performance } from 'node:perf_hooks'

/** Shows what goes on while the platform starts. */
export interface Progress {
  /** Shows the task while the work runs, and how long it took. */
  track: <T>(task: string, work: () => Promise<T>) => Promise<T>
  /** A line of its own. */
  say: (line: string) => void
  /** Takes the status line away. */
  end: () => void
}

export interface Terminal {
  write: (text: string) => unknown
  isTTY?: boolean
  columns?: number
}

export const SILENT: Progress = {
  track: async (_task, work) => work(),
  say: () => undefined,
  end: () => undefined,
}

const CLEAR = '\r\x1b[2K'
const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'

/** A status line that moves on a terminal; plain lines, one for each task done, anywhere else. */
export function progressOn(terminal: Terminal): Progress {
  const active = new Set<string>()
  let frame = 0
  const draw = () => {
    if (active.size === 0) return
    frame = (frame + 1) % FRAMES.length
    const text = `${FRAMES[frame] ?? ''} ${[...active].join(', ')}`
    terminal.write(CLEAR + text.slice(0, Math.max(terminal.columns ?? 0, 20) - 1))
  }
  const timer = terminal.isTTY === true ? setInterval(draw, 100) : undefined
  const say = (line: string) => terminal.write(`${timer === undefined ? '' : CLEAR}${line}\n`)
  return {
    say,
    track: async (task, work) => {
      const began = performance.now()
      active.add(task)
      try {
        const result = await work()
        say(`✔ ${task} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
        return result
      } finally {
        active.delete(task)
      }
    },
    end: () => {
      clearInterval(timer)
      if (timer !== undefined) terminal.write(CLEAR)
    },
  }
}
