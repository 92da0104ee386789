import test from 'ava'

import { split } from '../lib/split.ts'

const TWO = ['http://a', 'http://b']

test('twenty thousand patients take two processes, each with an api of its own', (t) => {
  t.deepEqual(split(20_000, 20_000, TWO), [
    { segment: '0:1/2', sequence: '0,1/2,1', urls: ['http://a'] },
    { segment: '1/2:1', sequence: '0,1/2,1', urls: ['http://b'] },
  ])
})

test('few patients take one process that calls every api', (t) => {
  t.deepEqual(split(10_000, 20_000, TWO), [{ segment: '0:1', sequence: '0,1', urls: TWO }])
})

test('a low limit of open files takes more processes', (t) => {
  const shares = split(3_000, 1_524, TWO)
  t.deepEqual(
    shares.map(({ segment, urls }) => [segment, urls]),
    [
      ['0:1/3', ['http://a']],
      ['1/3:2/3', ['http://b']],
      ['2/3:1', ['http://a']],
    ],
  )
})

test('a limit below the files a process needs anyway still makes one patient a process', (t) => {
  t.is(split(2, 100, TWO).length, 2)
})
