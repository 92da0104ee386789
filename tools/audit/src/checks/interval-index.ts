/** Half-open intervals by owner, for asking which ones meet an interval. Numbers are Unix milliseconds. */
export class IntervalIndex<Item> {
  readonly #byOwner = new Map<string, Entry<Item>[]>()
  #longest = 0
  #sorted = true

  add(owner: string, from: number, to: number, item: Item): void {
    const entries = this.#byOwner.get(owner)
    if (entries === undefined) this.#byOwner.set(owner, [{ from, to, item }])
    else entries.push({ from, to, item })
    this.#longest = Math.max(this.#longest, to - from)
    this.#sorted = false
  }

  /** Everything of the owner that meets [from, to). Looks at what begins within the longest length before it only. */
  *meeting(owner: string, from: number, to: number): Generator<Item> {
    this.#sort()
    const entries = this.#byOwner.get(owner) ?? []
    for (let i = firstFrom(entries, from - this.#longest); i < entries.length; i++) {
      const entry = entries[i]
      if (entry === undefined || entry.from >= to) return
      if (entry.to > from) yield entry.item
    }
  }

  /** Every two of one owner that meet, each pair once. */
  *pairs(): Generator<[owner: string, Item, Item]> {
    this.#sort()
    for (const [owner, entries] of this.#byOwner) {
      for (const [one, other] of meetings(entries)) yield [owner, one.item, other.item]
    }
  }

  #sort(): void {
    if (this.#sorted) return
    for (const entries of this.#byOwner.values()) entries.sort((a, b) => a.from - b.from)
    this.#sorted = true
  }
}

interface Entry<Item> {
  from: number
  to: number
  item: Item
}

/** Of intervals sorted by their beginning. */
function* meetings<E extends Entry<unknown>>(entries: readonly E[]): Generator<[E, E]> {
  for (const [index, one] of entries.entries()) {
    for (let next = index + 1; next < entries.length; next++) {
      const other = entries[next]
      if (other === undefined || other.from >= one.to) break
      yield [one, other]
    }
  }
}

function firstFrom(entries: readonly Entry<unknown>[], from: number): number {
  let [low, high] = [0, entries.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((entries[middle]?.from ?? 0) < from) low = middle + 1
    else high = middle
  }
  return low
}
