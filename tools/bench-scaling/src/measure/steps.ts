/** A value that stays until it changes; `at` in seconds, in order. Before the first change it is 0. */
export interface Step {
  at: number
  value: number
}

export function valueAt(steps: readonly Step[], at: number): number {
  return steps.findLast((step) => step.at <= at)?.value ?? 0
}

/** The area under the steps between two moments. */
export function integral(steps: readonly Step[], from: number, to: number): number {
  let sum = 0
  let [since, value] = [from, valueAt(steps, from)]
  for (const step of steps) {
    if (step.at <= from || step.at >= to) continue
    sum += value * (step.at - since)
    ;[since, value] = [step.at, step.value]
  }
  return sum + value * Math.max(0, to - since)
}

/** How often the steps turn from going up to going down, or back. */
export function reversals(steps: readonly Step[]): number {
  const directions = steps
    .map(({ value }, index) => Math.sign(value - (steps[index - 1]?.value ?? 0)))
    .filter((direction) => direction !== 0)
  return directions.filter((direction, index) => index > 0 && direction !== directions[index - 1]).length
}

/** When the value first rose above what it was at 0; undefined when it never did. */
export function firstRise(steps: readonly Step[]): number | undefined {
  const standing = valueAt(steps, 0)
  return steps.find(({ at, value }) => at > 0 && value > standing)?.at
}

/** Adds the value when it is another one than the last. */
export function push(steps: Step[], at: number, value: number): void {
  if ((steps.at(-1)?.value ?? 0) !== value) steps.push({ at, value })
}

/** The values at equal distances, for plotting. */
export function sampled(steps: readonly Step[], every: number, to: number): number[] {
  const values: number[] = []
  let [index, value] = [0, 0]
  for (let count = 0; count * every <= to; count++) {
    for (let step = steps[index]; step !== undefined && step.at <= count * every; step = steps[++index]) {
      value = step.value
    }
    values.push(value)
  }
  return values
}
