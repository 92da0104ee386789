import test from 'ava'
import { Type } from 'typebox'

import { cutPage, decodeCursor, encodeCursor } from '../../src/domain/cursor.ts'

const Position = Type.Object({ name: Type.String(), id: Type.String() })

test('a cursor comes back as the position it was made of', (t) => {
  const position = { name: 'araçá', id: '1' }
  t.deepEqual(decodeCursor(Position, encodeCursor(position)), position)
})

test('a cursor is safe in a URL', (t) => {
  t.regex(encodeCursor({ name: 'ÿÿÿ???>>>', id: '~' }), /^[A-Za-z0-9_-]+$/)
})

test('what is no cursor of ours is refused', (t) => {
  t.is(decodeCursor(Position, 'nonsense'), undefined)
  t.is(decodeCursor(Position, encodeCursor({ name: 1, id: '1' })), undefined)
  t.is(decodeCursor(Position, encodeCursor(null)), undefined)
})

test('a page is cut where the next one starts', (t) => {
  t.deepEqual(cutPage([1, 2, 3], 2), { page: [1, 2], last: 2 })
  t.deepEqual(cutPage([1, 2], 2), { page: [1, 2], last: undefined })
  t.deepEqual(cutPage([], 2), { page: [], last: undefined })
})
