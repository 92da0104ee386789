/** Values by key, read many at a time and kept until they are old or forgotten. */
export interface Remembered<Value> {
  /** The values of the keys, in order; those not known are read together. Rejects when a read fails. */
  look: (keys: readonly string[]) => Promise<readonly Value[]>
  /** What is known now, without reading. */
  peek: (key: string) => Value | undefined
  /** Changes what is known in place. What is being read may or may not have the change in it: it is read again. */
  change: (key: string, apply: (value: Value) => void) => void
  forget: (key: string) => void
  forgetAll: () => void
  keys: () => Iterable<string>
}

export interface RememberedOptions<Value> {
  /** Values of distinct keys, in order. */
  read: (keys: readonly string[]) => Promise<readonly Value[]>
  /** Monotonic milliseconds. */
  monotonicMs: () => number
  /** Values older than this are read again behind the back of those who look; milliseconds. */
  freshMs: number
  /** Most keys kept. */
  most: number
}

interface Entry<Value> {
  at: number
  /** The promise while it is read for the first time. */
  value: Value | Promise<Value>
  /** It waits to be read again, or is being. */
  again: boolean
  /** How often it was changed: what is read during a change is of no use. */
  changes: number
}

/** Keys of one read: more take the event loop for too long when the answer comes. */
const AT_A_TIME = 200

/** The same of what nobody waits for, which is in no hurry. */
const BEHIND_AT_A_TIME = 40

/**
 *   unknown --look--> reading --> known --change--> known --forget--> unknown
 *   known --older than freshMs, look--> known, and read again meanwhile --older than twice that, look--> reading
 *   (a change while it is being read: those who wait get what was read, nobody after them)
 */
export function createRemembered<Value>(options: RememberedOptions<Value>): Remembered<Value> {
  const { read, monotonicMs, freshMs, most } = options
  const known = new Map<string, Entry<Value>>()
  let behind: Promise<void> = Promise.resolve()

  const start = (keys: readonly string[]) => {
    for (let from = 0; from < keys.length; from += AT_A_TIME) {
      const some = keys.slice(from, from + AT_A_TIME)
      const reading = read(some)
      for (const [index, key] of some.entries()) keep(key, reading, index)
    }
  }

  const keep = (key: string, reading: Promise<readonly Value[]>, index: number) => {
    const value = reading.then((values) => values[index] as Value)
    const entry: Entry<Value> = { at: monotonicMs(), value, again: false, changes: 0 }
    known.delete(key) // To its place at the end: the oldest are dropped first.
    known.set(key, entry)
    value.then(
      (found) => (entry.value = found),
      () => known.get(key) === entry && known.delete(key),
    )
  }

  /** One read after another: nobody waits for these. What fails is left to those who look when it is too old. */
  const startBehind = (due: ReadonlyMap<string, Entry<Value>>) => {
    for (const entry of due.values()) entry.again = true
    const keys = [...due.keys()]
    for (let from = 0; from < keys.length; from += BEHIND_AT_A_TIME) {
      const some = keys.slice(from, from + BEHIND_AT_A_TIME)
      behind = behind.then(async () => readAgain(some, due)).catch(() => undefined)
    }
  }

  const readAgain = async (keys: readonly string[], due: ReadonlyMap<string, Entry<Value>>) => {
    const entries = keys.map((key) => ({ entry: due.get(key), changes: due.get(key)?.changes }))
    const at = monotonicMs()
    try {
      for (const [index, value] of (await read(keys)).entries()) {
        const { entry, changes } = entries[index] ?? {}
        if (entry !== undefined && entry.changes === changes) Object.assign(entry, { at, value })
      }
    } finally {
      for (const { entry } of entries) if (entry !== undefined) entry.again = false
    }
  }

  /** The entries of the keys; those that are not known, or too old to be told, are read. */
  const entriesOf = (keys: readonly string[], now: number): Entry<Value>[] => {
    const entries = keys.map((key) => known.get(key))
    const isTold = (entry: Entry<Value> | undefined): entry is Entry<Value> =>
      entry !== undefined && now - entry.at <= 2 * freshMs
    if (entries.every(isTold)) return entries
    start([...new Set(keys.filter((_, index) => !isTold(entries[index])))])
    return keys.flatMap((key) => known.get(key) ?? [])
  }

  const dropOldest = () => {
    for (const key of known.keys()) {
      if (known.size <= most) return
      known.delete(key)
    }
  }

  return {
    look: async (keys) => {
      const now = monotonicMs()
      const due = new Map<string, Entry<Value>>()
      const values = entriesOf(keys, now).map((entry, index) => {
        if (now - entry.at > freshMs && !entry.again) due.set(keys[index] ?? '', entry)
        return entry.value
      })
      if (due.size > 0) startBehind(due)
      dropOldest()
      return values.some((value) => value instanceof Promise) ? Promise.all(values) : (values as Value[])
    },
    peek: (key) => {
      const value = known.get(key)?.value
      return value instanceof Promise ? undefined : value
    },
    change: (key, apply) => {
      const entry = known.get(key)
      if (entry === undefined) return
      // What is being read may or may not have the change in it.
      if (entry.value instanceof Promise) known.delete(key)
      else apply(entry.value)
      entry.changes++
    },
    forget: (key) => void known.delete(key),
    forgetAll: () => known.clear(),
    keys: () => known.keys(),
  }
}
