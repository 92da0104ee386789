import { sleep } from 'k6'
import { SharedArray } from 'k6/data'
import exec from 'k6/execution'
import http from 'k6/http'

import type { Client } from './api.ts'
import { settings } from './settings.ts'

/** The same for every patient of a run. */
export interface Start {
  /** When the first patient arrives; Unix milliseconds. */
  at: number
}

const tokens = new SharedArray<string>('tokens', () => JSON.parse(open(settings.tokensFile)) as string[])

/** Number of the virtual patient, from 0, unique over all processes. */
export function patientNumber(): number {
  return exec.vu.idInTest - 1
}

export function clientOf(patient: number): Client {
  return {
    url: settings.urls[patient % settings.urls.length] ?? '',
    token: tokens[patient % tokens.length] ?? '',
  }
}

/** Waits until all processes have made their virtual patients, so that they begin together. */
export function waitForAll(): Start {
  const response = http.get(settings.barrier, { responseType: 'text', timeout: '600s' })
  return response.json() as unknown as Start
}

export function sleepUntil(ms: number): void {
  const left = ms - Date.now()
  if (left > 0) sleep(left / 1_000)
}

/** A pause around the average, never the same for all: from half of it to half as much again. */
export function pause(seconds: number = settings.pause): void {
  sleep(seconds * (0.5 + Math.random()))
}

export function oneOf<T>(list: readonly T[]): T | undefined {
  return list[Math.floor(Math.random() * list.length)]
}

let keys = 0

/** A new Idempotency-Key: each virtual patient counts its own. */
export function newKey(): string {
  keys += 1
  return `${settings.runId}-${exec.vu.idInTest}-${keys}`
}
