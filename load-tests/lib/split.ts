/** One k6 process's share of a run. */
export interface Share {
  /** For `--execution-segment` and `--execution-segment-sequence`. */
  segment: string
  sequence: string
  /** Base URLs it calls. */
  urls: string[]
}

/** Most virtual patients one process holds: each has a connection of its own. */
const MOST_PATIENTS = 10_000
/** Files a process opens besides connections. */
const OTHER_FILES = 500

/**
 * Splits patients over processes so that none opens more files than it may. Each process has a base URL of its own when
 * there are enough processes for all URLs; else each calls all of them, so that none stays idle.
 */
export function split(vus: number, openFiles: number, urls: readonly string[]): Share[] {
  const most = Math.max(1, Math.min(MOST_PATIENTS, openFiles - OTHER_FILES))
  const count = Math.ceil(vus / most)
  const place = (index: number) =>
    index === 0 || index === count ? String(index / count) : `${index}/${count}`
  const sequence = Array.from({ length: count + 1 }, (_, index) => place(index)).join(',')
  return Array.from({ length: count }, (_, index) => ({
    segment: `${place(index)}:${place(index + 1)}`,
    sequence,
    urls: count < urls.length ? [...urls] : [urls[index % urls.length] ?? ''],
  }))
}
