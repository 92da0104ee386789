import { readFileSync } from 'node:fs'

import { processIds, type ProcessStat, statOf } from '@medqueue/servers'

/** Memory and processor time of one process and all below it at one moment. */
export interface ProcessSample {
  /** Bytes held; pages shared within the group are counted once, as far as one process of it shows them. */
  memory: number
  /** Seconds of processor time so far. */
  cpu: number
}

export interface ProcessFigures {
  firstMemory: number
  lastMemory: number
  mostMemory: number
  /** Seconds of processor time while it was watched. */
  cpu: number
  /** Megabytes at each look. */
  memory: number[]
}

/** Looks at processes through /proc; what is not there is left out. */
export function sampleProcesses(pids: Readonly<Record<string, number>>): Record<string, ProcessSample> {
  const table = readTable()
  const found = Object.entries(pids).flatMap(([name, pid]): [string, ProcessSample][] => {
    if (!table.has(pid)) return []
    const group = [pid, ...below(pid, table)]
    const cpu = group.reduce((sum, one) => sum + (table.get(one)?.cpuSeconds ?? 0), 0)
    return [[name, { memory: memoryOf(group), cpu }]]
  })
  return Object.fromEntries(found)
}

type Table = ReadonlyMap<number, ProcessStat>

function readTable(): Table {
  const rows = processIds().flatMap((pid): [number, ProcessStat][] => {
    const stat = statOf(pid)
    return stat === undefined ? [] : [[pid, stat]]
  })
  return new Map(rows)
}

function below(pid: number, table: Table): number[] {
  const children = [...table].filter(([, { parent }]) => parent === pid)
  return children.flatMap(([child]) => [child, ...below(child, table)])
}

/** Own pages of each, and the shared ones of the process that shows most of them. */
function memoryOf(pids: readonly number[]): number {
  const parts = pids.map((pid) => {
    const status = read(`/proc/${pid}/status`) ?? ''
    const field = (name: string) =>
      1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
    return { own: field('RssAnon'), shared: field('RssFile') + field('RssShmem') }
  })
  const own = parts.reduce((sum, part) => sum + part.own, 0)
  return own + Math.max(0, ...parts.map(({ shared }) => shared))
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return undefined // Ended meanwhile.
  }
}

/** Gathers samples into figures by process. */
export class ProcessLog {
  readonly #samples = new Map<string, ProcessSample[]>()
  /** Processor time before the first look, by name; what a process has that comes later, it has taken meanwhile. */
  readonly #before = new Map<string, number>()
  #looked = false

  add(samples: Readonly<Record<string, ProcessSample>>): void {
    for (const [name, sample] of Object.entries(samples)) {
      const known = this.#samples.get(name)
      if (known !== undefined) {
        known.push(sample)
        continue
      }
      this.#samples.set(name, [sample])
      this.#before.set(name, this.#looked ? 0 : sample.cpu)
    }
    this.#looked = true
  }

  figures(): Record<string, ProcessFigures> {
    const figures = [...this.#samples].map(([name, samples]): [string, ProcessFigures] => {
      return [name, figuresOf(samples, this.#before.get(name) ?? 0)]
    })
    return Object.fromEntries(figures)
  }
}

function figuresOf(samples: readonly ProcessSample[], before: number): ProcessFigures {
  const memory = samples.map((sample) => sample.memory)
  // A restarted process begins at 0 again.
  const cpu = samples.reduce((sum, sample, index) => {
    return sum + Math.max(0, sample.cpu - (samples[index - 1]?.cpu ?? before))
  }, 0)
  return {
    firstMemory: memory[0] ?? 0,
    lastMemory: memory.at(-1) ?? 0,
    mostMemory: Math.max(0, ...memory),
    cpu: Math.round(cpu * 10) / 10,
    memory: memory.map((bytes) => Math.round(bytes / 1024 ** 2)),
  }
}
