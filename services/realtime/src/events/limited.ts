import type { HistoryRange, ReadHistory } from './history.ts'

/** The same reads, at most `most` at a time; the others wait their turn, first come, first served. */
export function limited(read: ReadHistory, most: number): ReadHistory {
  const waiting: (() => void)[] = []
  let free = most
  const enter = async () => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
  }
  const leave = () => {
    const next = waiting.shift()
    if (next === undefined) free += 1
    else next()
  }
  return async function* limitedRead(range: HistoryRange) {
    await enter()
    try {
      yield* read(range)
    } finally {
      leave()
    }
  }
}
