import type { KubeObject } from '../../types/object.ts'
import { getAt } from './paths.ts'
import { badRequest } from './status-error.ts'

export type Selector = (object: KubeObject) => boolean

function termOf(term: string): Selector {
  const set = /^(\S+) (in|notin) \(([^)]*)\)$/.exec(term)
  if (set !== null) {
    const [, label = '', operator, list = ''] = set
    const values = new Set(list.split(',').map((value) => value.trim()))
    return ({ metadata }) => values.has(metadata.labels?.[label] ?? '') === (operator === 'in')
  }
  const [, label = '', operator = '', value = ''] = /^(!?[^=!]+)(!=|==|=)?(.*)$/.exec(term) ?? []
  if (operator === '') {
    const wanted = !label.startsWith('!')
    const name = label.replace('!', '')
    return ({ metadata }) => (metadata.labels?.[name] !== undefined) === wanted
  }
  return ({ metadata }) => (metadata.labels?.[label] === value) === (operator !== '!=')
}

/** `a=b`, `a!=b`, `a`, `!a`, `a in (b,c)`, `a notin (b)`, joined by commas. */
export function labelSelector(text: string | undefined): Selector {
  if (text === undefined || text === '') return () => true
  const terms = text.split(/,(?![^(]*\))/).map((term) => termOf(term.trim()))
  return (object) => terms.every((term) => term(object))
}

/** `path=value`, joined by commas. */
export function fieldSelector(text: string | undefined): Selector {
  if (text === undefined || text === '') return () => true
  const terms = text.split(',').map((term) => {
    const [, path = '', operator = '', value = ''] = /^([^=!]+)(!=|==|=)(.*)$/.exec(term) ?? []
    if (path === '') throw badRequest(`unable to parse field selector ${text}`)
    return (object: KubeObject) => (getAt(object, path.split('.')) === value) === (operator !== '!=')
  })
  return (object) => terms.every((term) => term(object))
}
