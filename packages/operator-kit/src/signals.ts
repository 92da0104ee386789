/** Does nothing. */
export const nothing = (): void => undefined

/** Asked anew each time, which the compiler does not believe of `signal.aborted`. */
export const isAborted = (signal: AbortSignal): boolean => signal.aborted

/**
 * A signal that follows another one and can be aborted alone. Unlike `AbortSignal.any` it holds on to its parent only
 * until it is disposed of, so a signal as long-lived as the process collects nothing.
 */
export interface LinkedSignal extends Disposable {
  readonly signal: AbortSignal
  readonly abort: (reason: unknown) => void
}

export function linkSignal(...parents: (AbortSignal | undefined)[]): LinkedSignal {
  const controller = new AbortController()
  const followed = parents.filter((parent) => parent !== undefined)
  const follow = (event: Event) => controller.abort((event.target as AbortSignal).reason)
  for (const parent of followed) {
    if (parent.aborted) controller.abort(parent.reason)
    else parent.addEventListener('abort', follow, { once: true })
  }
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    [Symbol.dispose]: () => {
      for (const parent of followed) parent.removeEventListener('abort', follow)
    },
  }
}

/** Settles like `work`, or rejects with the signal's reason as soon as it is aborted. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  let stop = nothing
  const aborted = new Promise<never>((_, reject) => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's.
    stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop)
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
