import { allBusy, type Cores, type Usage } from './machine.ts'

export interface MeterOptions {
  cores: () => Cores
  /** Of the scaler, now. */
  usage: () => Usage
  everyMs?: number
}

export interface Metered {
  cpuSeconds: number
  peakMegabytes: number
  busySeconds: number
}

/** Looks at the machine and at the scaler once a second until it is stopped. */
export function startMeter({ cores, usage, everyMs = 1_000 }: MeterOptions): { stop: () => Metered } {
  const first = usage()
  let [before, peakMegabytes, busySeconds] = [cores(), first.megabytes, 0]
  const look = () => {
    const now = cores()
    if (allBusy(before, now)) busySeconds += everyMs / 1_000
    before = now
    peakMegabytes = Math.max(peakMegabytes, usage().megabytes)
  }
  const timer = setInterval(look, everyMs)
  return {
    stop: () => {
      clearInterval(timer)
      return { cpuSeconds: usage().cpuSeconds - first.cpuSeconds, peakMegabytes, busySeconds }
    },
  }
}
