import type { Answer } from './answer.ts'

/**
 * Looks at the effects by the keys written into them: what has more than one, and what nobody sent. Told apart from
 * the product's own way from a key to an id.
 */
export function effectsFound(effects: ReadonlyMap<string, number>, answers: readonly Answer[]): string[] {
  const sent = new Set(answers.map(({ key }) => key))
  return [...effects].flatMap(([key, count]) => {
    const found = []
    if (count > 1) found.push(`key=${key} has ${count} appointments`)
    if (!sent.has(key)) found.push(`an appointment belongs to key=${key}, which nobody sent`)
    return found
  })
}
