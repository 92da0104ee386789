import type { Log } from '@medqueue/messaging'

/** Looks again and again; what fails is said once, until it works again. */
export function createLoop(look: () => Promise<void>, pauseMs: () => number, logger: Log) {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  let isStopped = false
  let isFailing = false
  const once = async () => {
    try {
      await look()
      if (isFailing) logger.info({}, 'the waiting room is shared again')
      isFailing = false
    } catch (error) {
      if (!isFailing)
        logger.warn({ err: error }, 'the waiting room cannot be shared now; it goes on as was decided')
      isFailing = true
    }
  }
  const schedule = () => {
    if (isStopped) return
    timer = setTimeout(() => {
      running = once().then(schedule)
    }, pauseMs()).unref()
  }
  return {
    start: async () => {
      await once()
      schedule()
    },
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await running
    },
  }
}
