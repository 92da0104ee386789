/**
 * Vocabulary of a decision. Depth: requests that wait or are being worked on. Need: workers as a real number, before it
 * is rounded. Serving: workers that exist and are not draining. Draining: a worker that finishes what it has and takes
 * no more. Drained: it has finished. Floor, ceiling: the least and the most workers at this moment.
 */
import type { DecisionInputs } from '@medqueue/contracts'

import type { PastNeed } from './needs.ts'
import type { Flow } from './service.ts'

/** What is known of a queue at a moment. Counts only grow while a source is open. */
export interface Reading {
  /** When the queue itself was last known, from the broker or from its workers; milliseconds, as `now`. */
  freshAt: number
  depth: number
  inflight: number
  /** Age of the oldest request that waits; milliseconds. Undefined when nobody has said. */
  oldestAgeMs: number | undefined
  /** Requests that have arrived since the source was opened. */
  arrivals: number
  /** The last arrivals, counted in bins of BIN_MS, the newest last. */
  recent: readonly number[]
  /** Requests that have been dealt with since the source was opened. */
  served: number
  /** What the workers say of their work since the source was opened; undefined when they say nothing. */
  worked: Worked | undefined
  /** Most workers that are of use at a time, such as the number of partitions. */
  parallelism: number
}

/** Work that workers tell of: requests dealt with, and the seconds spent on them. */
export interface Worked {
  requests: number
  seconds: number
}

/** The workers as they are now. */
export interface Workers {
  /** What the Deployment is asked for. */
  replicas: number
  /** Ready and not draining. */
  ready: number
  /** Ready, or heard of: one that Kubernetes finds unready for a moment may be at work. Not draining. */
  up: number
  draining: number
  /** Of those draining, the ones that have finished. */
  drained: number
  /** Draining ones that are not counted any more, as Kubernetes is about to end them. In a rollout nobody knows: none. */
  leaving: number
  /** Pods of an older template still exist, or the Deployment has not been looked at yet. */
  rollout: boolean
  /** More pods exist than are asked for: until they are gone it is not known which ones go. */
  settling: boolean
  /** The least that a disruption budget over them allows now; undefined without a budget. */
  disruptionsAllowed: number | undefined
}

/** What the spec of a pool says, in numbers; times in milliseconds. */
export interface Policy {
  min: number
  max: number
  drainSloMs: number
  idleAfterMs: number
  startupMs: number
  /** Requests a second that one worker deals with, until that has been measured. */
  serviceRate: number
  windowMs: number
  stepPercent: number
  stepPeriodMs: number
  headroom: number
}

export interface Observed {
  /** By a clock that nobody sets; milliseconds. */
  now: number
  policy: Policy
  /** Least workers by the prewarm schedule at this moment. */
  prewarm: number
  workers: Workers
  /** Undefined when nothing is known of the queue. */
  reading: Reading | undefined
}

/** All that a decision keeps from the ones before; made by `freshMemory`, changed by nobody. */
export interface Memory {
  /** Since when readings have followed each other without a gap. */
  since: number
  at: number
  arrivals: number
  served: number
  worked: Worked | undefined
  depth: number
  /** Smoothed arrivals a second; follows a change of level at once. */
  rate: number
  /** Requests a second of one worker, and how many seconds of work that was learned from. */
  serviceRate: number
  serviceSeconds: number
  flow: Flow
  /** When each worker not yet ready was asked for, oldest first. */
  asked: readonly number[]
  /** Last measured start-up times; milliseconds. */
  startups: readonly number[]
  replicas: number
  ready: number
  /** Since when `ready` has been what it is. */
  readySince: number
  /** Since when workers have been starting beside those at work; undefined while none does. */
  crowdedSince: number | undefined
  /** Of the window, those that its largest may be taken from; falling. */
  needs: readonly PastNeed[]
  /** When something last came, waited or was worked on. */
  busyAt: number
  downAt: number | undefined
  upAt: number | undefined
  /** By how much the window is stretched, after taking workers away turned out to be too early. */
  patience: number
}

/** Why a decision is what it is. Part of status, events and metrics. */
export const Reason = {
  /** The queue has been silent for too long to know anything: everything stays. */
  signalsStale: 'SignalsStale',
  /** Requests came while no worker ran. */
  fromZero: 'FromZero',
  /** What waits could not be dealt with in time. */
  backlog: 'Backlog',
  /** More arrives than the workers can keep up with. */
  keepUp: 'KeepUp',
  /** The floor of the spec. */
  floor: 'Floor',
  /** The floor of the prewarm schedule. */
  prewarm: 'Prewarm',
  /** More would be needed than the ceiling allows. */
  ceiling: 'AtCeiling',
  /** As many as are needed. */
  steady: 'Steady',
  /** Nothing has come for long enough: no worker is needed. */
  idle: 'Idle',
  /** Fewer have been enough for the whole window. */
  surplus: 'Surplus',
  /** Fewer would be enough, but not for long enough yet. */
  waiting: 'WindowOpen',
  /** Fewer would be enough, but a rollout is under way. */
  rollout: 'RolloutUnderWay',
  /** Fewer would be enough, but the last ones to go are not gone yet. */
  settling: 'Settling',
  /** Fewer would be enough, but a disruption budget allows none to go. */
  disruption: 'DisruptionBudget',
} as const
export type Reason = (typeof Reason)[keyof typeof Reason]

export interface Decision {
  /** How many workers should serve. */
  want: number
  /** What the Deployment should be asked for now. It lags behind `want` while workers drain. */
  replicas: number
  /** How many more workers should begin to drain. */
  drain: number
  reason: Reason
  inputs: DecisionInputs
  memory: Memory
}
