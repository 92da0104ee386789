/** Somebody who looks at the slots of some doctors. */
export interface SlotWatcher {
  readonly doctorIds: readonly string[]
  /** One message, as text. */
  tell: (text: string) => void
}

/** Who looks at whose slots. Nothing is kept: who comes back searches again. */
export class SlotTopics {
  readonly #byDoctor = new Map<string, Set<SlotWatcher>>()

  attach(watcher: SlotWatcher): void {
    for (const doctorId of watcher.doctorIds) {
      const watchers = this.#byDoctor.get(doctorId) ?? new Set()
      this.#byDoctor.set(doctorId, watchers.add(watcher))
    }
  }

  detach(watcher: SlotWatcher): void {
    for (const doctorId of watcher.doctorIds) {
      const watchers = this.#byDoctor.get(doctorId)
      watchers?.delete(watcher)
      if (watchers?.size === 0) this.#byDoctor.delete(doctorId)
    }
  }

  /** True when somebody looks: what nobody sees need not be made. */
  isWatched(doctorId: string): boolean {
    return this.#byDoctor.has(doctorId)
  }

  /** Returns how many were told. */
  publish(doctorId: string, text: string): number {
    // A copy: sockets may close while it is walked through.
    const watchers = [...(this.#byDoctor.get(doctorId) ?? [])]
    for (const watcher of watchers) watcher.tell(text)
    return watchers.length
  }
}
