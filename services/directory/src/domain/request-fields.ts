import type { RequestField } from '@medqueue/contracts'

/** What is wrong with the questions of a service that a schema cannot tell, or undefined. */
export function fieldsFault(fields: readonly RequestField[]): { field: string; detail: string } | undefined {
  for (const [index, { key, kind, options, maxLength }] of fields.entries()) {
    const at = (name: string, detail: string) => ({ field: `requestFields.${index}.${name}`, detail })
    if (fields.findIndex((other) => other.key === key) < index)
      return at('key', 'is the key of another question')
    if (kind === 'choice' && options === undefined)
      return at('options', 'must say what there is to choose from')
    if (kind !== 'choice' && options !== undefined) return at('options', 'are of a choice only')
    if (kind !== 'text' && maxLength !== undefined) return at('maxLength', 'is of a text only')
  }
  return undefined
}
