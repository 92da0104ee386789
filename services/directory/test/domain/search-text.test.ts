import test from 'ava'

import { searchWords } from '../../src/domain/search-text.ts'

const splits = test.macro({
  exec: (t, text: string, words: string[]) => t.deepEqual(searchWords(text), words),
  title: (_, text) => `words of ${JSON.stringify(text)}`,
})
test(splits, 'Dr. Ipê 017', ['Ipê', '017'])
test(splits, "joana d'arc", ['joana', 'd', 'arc'])
test(splits, '  --  ', [])
test(splits, 'DRA. Ana ana', ['Ana', 'ana'])
test(splits, 'ana ana', ['ana'])
test(splits, 'a%_\\b', ['a', 'b'])
test(splits, 'e\u0301le', ['e\u0301le'])
