import { Backoff, type BackoffLimits } from '../backoff.ts'
import { formatKey, keyOf } from '../resource.ts'
import { nothing } from '../signals.ts'
import type { Cancel, Clock, Random } from '../types/clock.ts'
import type { InformerEvent, InformerHandler } from '../types/informer.ts'
import type { KubeObject } from '../types/object.ts'

export interface HandlerContext {
  clock: Clock
  random: Random
  backoff: BackoffLimits
  onError: (error: unknown, id: string) => void
}

/** What one handler still has to hear of one object. */
interface Debt<T> {
  /** The handler has not finished with the event before. */
  busy: boolean
  /** To tell when it has, or after the back-off. */
  next: InformerEvent<T> | undefined
  backoff: Backoff
  cancel: Cancel
}

/**
 * Calls one handler, one event at a time for each object. A handler that throws (or rejects) hurts nobody: it is told of
 * the object's newest state again after a back-off, or when the next event comes, until it takes it.
 */
export class HandlerFeed<T extends KubeObject> {
  readonly #handler: InformerHandler<T>
  readonly #context: HandlerContext
  readonly #debts = new Map<string, Debt<T>>()
  #stopped = false

  constructor(handler: InformerHandler<T>, context: HandlerContext) {
    this.#handler = handler
    this.#context = context
  }

  deliver(event: InformerEvent<T>): void {
    if (this.#stopped) return
    const id = formatKey(keyOf(event.object))
    const debt = this.#debts.get(id)
    if (debt === undefined) return this.#tell(id, event)
    debt.next = merge(debt.next, event)
    if (!debt.busy) this.#settle(id, debt)
  }

  stop(): void {
    this.#stopped = true
    for (const debt of this.#debts.values()) debt.cancel()
    this.#debts.clear()
  }

  #tell(id: string, event: InformerEvent<T>): void {
    let outcome: void | Promise<void>
    try {
      outcome = this.#handler(event)
    } catch (error) {
      return this.#failed(id, event, error)
    }
    if (outcome instanceof Promise) this.#await(id, event, outcome)
    else this.#debts.delete(id)
  }

  #await(id: string, event: InformerEvent<T>, outcome: Promise<void>): void {
    const debt = this.#debtOf(id)
    debt.busy = true
    outcome.then(
      () => {
        debt.busy = false
        if (debt.next === undefined) this.#debts.delete(id)
        else this.#settle(id, debt)
      },
      (error: unknown) => {
        debt.busy = false
        this.#failed(id, event, error)
      },
    )
  }

  #failed(id: string, event: InformerEvent<T>, error: unknown): void {
    this.#context.onError(error, id)
    if (this.#stopped) return
    const debt = this.#debtOf(id)
    debt.next = debt.next === undefined ? event : merge(event, debt.next)
    debt.cancel = this.#context.clock.after(debt.backoff.next(), () => this.#settle(id, debt))
  }

  #settle(id: string, debt: Debt<T>): void {
    const event = debt.next
    if (this.#stopped || event === undefined) return
    debt.cancel()
    debt.next = undefined
    this.#tell(id, event)
  }

  #debtOf(id: string): Debt<T> {
    const found = this.#debts.get(id)
    if (found !== undefined) return found
    const { backoff, random } = this.#context
    const debt = { busy: false, next: undefined, backoff: new Backoff(backoff, random), cancel: nothing }
    this.#debts.set(id, debt)
    return debt
  }
}

/** Two events of one object as one, as if the first had not been told. */
export function merge<T extends KubeObject>(
  first: InformerEvent<T> | undefined,
  second: InformerEvent<T>,
): InformerEvent<T> {
  if (first === undefined || second.type === 'deleted') return second
  const { object } = second
  if (first.type === 'added') return { type: 'added', object }
  // Deleted and made again: for one who only knew the first, it has changed.
  return { type: 'updated', object, before: first.type === 'updated' ? first.before : first.object }
}
