import test from 'ava'

import { faultsOf } from '../../src/domain/references.ts'

const references = [
  { field: 'clinicIds.0', id: 'open' },
  { field: 'clinicIds.1', id: 'closed' },
  { field: 'clinicIds.2', id: 'nowhere' },
]
const found = new Map([
  ['open', true],
  ['closed', false],
])

test('names what is missing and what is not active', (t) => {
  t.deepEqual(faultsOf(references, found, new Set()), [
    { field: 'clinicIds.1', message: 'is not active' },
    { field: 'clinicIds.2', message: 'does not exist' },
  ])
})

test('lets a doctor keep a clinic that has closed', (t) => {
  t.deepEqual(faultsOf(references.slice(0, 2), found, new Set(['closed'])), [])
})

test('what does not exist cannot be kept', (t) => {
  t.is(faultsOf(references.slice(2), found, new Set(['nowhere'])).length, 1)
})
