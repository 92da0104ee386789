import { type Bounds, fastestCourse, type Flow, type Signals } from './domain/controller.ts'
import { drawPlaces } from './domain/order.ts'
import { CLOSED, type RoomState } from './domain/room.ts'
import type { Line } from './domain/standing.ts'
import type { Shared } from './store.ts'

const NOBODY = new Uint32Array()
const NOTHING = new Float64Array(2)
/** Clocks may drift apart by this much between two looks. */
const DRIFT_MS = 1
/** Beyond it another server answers, with a clock of its own. */
const OTHER_CLOCK_MS = 5_000

export interface ViewOptions {
  monotonicMs: () => number
  turnMs: number
  bounds: Bounds
}

/**
 * What one replica knows of the room, some hundred milliseconds old, and the shared clock. Questions are answered from it
 * alone; while Redis is away it goes on as was last decided.
 */
export class RoomView {
  readonly #monotonicMs: () => number
  readonly #turnMs: number
  readonly #bounds: Bounds
  #version = 0
  #state: RoomState = CLOSED
  #issued = 0
  #drawn: number | undefined
  #signals: Signals | undefined
  #drawnFor: string | undefined
  #places: Uint32Array = NOBODY
  #course: Float64Array = NOTHING
  #courseOf: Flow | undefined
  /** The shared clock less ours. */
  #offset = -Infinity
  #latest = 0
  /** Read by the gate for each request: nothing but a field. */
  isOpen = false

  constructor({ monotonicMs, turnMs, bounds }: ViewOptions) {
    this.#monotonicMs = monotonicMs
    this.#turnMs = turnMs
    this.#bounds = bounds
  }

  get version(): number {
    return this.#version
  }

  get state(): RoomState {
    return this.#state
  }

  get issued(): number {
    return this.#issued
  }

  get drawn(): number | undefined {
    return this.#drawn
  }

  get signals(): Signals | undefined {
    return this.#signals
  }

  /** The shared clock, Unix ms; it never goes back, whatever the server does. */
  now(): number {
    this.#latest = Math.max(this.#latest, this.#monotonicMs() + this.#offset, 0)
    return this.#latest
  }

  line(): Line {
    return {
      state: this.#state,
      issued: this.#issued,
      places: this.#places,
      now: this.now(),
      turnMs: this.#turnMs,
      course: this.#course,
    }
  }

  take(shared: Shared): void {
    this.#setClock(shared.now)
    this.#version = shared.version
    if (shared.state !== undefined) this.#state = shared.state
    this.#issued = shared.issued
    this.#drawn = shared.drawn
    this.#signals = shared.signals
    this.#draw()
    this.#foresee()
    this.isOpen = this.#state.opening !== undefined
  }

  /** An answer that was long on its way says a time that is past: the latest of the times heard is the right one. */
  #setClock(shared: number): void {
    const offset = shared - this.#monotonicMs()
    const isOtherClock = offset < this.#offset - OTHER_CLOCK_MS
    this.#offset = isOtherClock ? offset : Math.max(offset, this.#offset - DRIFT_MS)
  }

  /** Once for each decision, and not for each who asks. */
  #foresee(): void {
    const flow = this.#state.opening?.flow
    if (flow === this.#courseOf) return
    this.#courseOf = flow
    this.#course = flow === undefined ? NOTHING : fastestCourse(flow, this.now(), this.#bounds)
  }

  /** Places are worked out once an opening. */
  #draw(): void {
    const { opening } = this.#state
    const key = opening?.seed === undefined || this.#drawn === undefined ? undefined : opening.id
    if (key === this.#drawnFor) return
    this.#drawnFor = key
    const seed = opening?.seed
    this.#places =
      key === undefined || seed === undefined ? NOBODY : drawPlaces({ seed, count: this.#drawn ?? 0 })
  }
}
