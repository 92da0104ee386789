import type { RequestField } from '@medqueue/contracts'

/** What is wrong with the questions of a service that a schema cannot tell, or undefined. */
export function fieldsFault(fields: readonly RequestField[]): { field: string; detail: string } | undefined {
  for (const [index, field] of fields.entries()) {
    const { key, kind, options, maxLength } = field
    const at = (name: string, detail: string) => ({ field: `requestFields.${index}.${name}`, detail })
    const text = unstorable(field)
    if (text !== undefined) return at(text, 'must be of whole characters')
    if (fields.findIndex((other) => other.key === key) < index)
      return at('key', 'is the key of another question')
    if (kind === 'choice' && options === undefined)
      return at('options', 'must say what there is to choose from')
    if (kind !== 'choice' && options !== undefined) return at('options', 'are of a choice only')
    if (kind !== 'text' && maxLength !== undefined) return at('maxLength', 'is of a text only')
  }
  return undefined
}

/** The texts that PostgreSQL's JSON cannot hold, since half of a surrogate pair is in them, if there are such. */
function unstorable({ label, options = [] }: RequestField): 'label' | 'options' | undefined {
  if (!label.isWellFormed()) return 'label'
  return options.every((option) => option.isWellFormed()) ? undefined : 'options'
}
