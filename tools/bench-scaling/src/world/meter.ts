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
  let [before, used, busySeconds, cpuSeconds] = [cores(), usage(), 0, 0]
  let peakMegabytes = used.megabytes
  const spend = () => {
    const now = usage()
    // A process of the scaler that has ended takes its processor time with it.
    cpuSeconds += Math.max(0, now.cpuSeconds - used.cpuSeconds)
    peakMegabytes = Math.max(peakMegabytes, now.megabytes)
    used = now
  }
  const look = () => {
    const now = cores()
    if (allBusy(before, now)) busySeconds += everyMs / 1_000
    before = now
    spend()
  }
  const timer = setInterval(look, everyMs)
  return {
    stop: () => {
      clearInterval(timer)
      spend()
      return { cpuSeconds, peakMegabytes, busySeconds }
    },
  }
}
