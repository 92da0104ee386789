import test from 'ava'

import { parseArguments } from '../../src/test-run/arguments.ts'

test('checks and tests everything when no file is named', (t) => {
  t.deepEqual(parseArguments([]), { files: [], checks: true, verbose: false })
})

test('runs only the named files, without the checks', (t) => {
  const only = { files: ['a.test.ts', 'b.test.ts'], checks: false, verbose: true }

  t.deepEqual(parseArguments(['--', 'ava', 'a.test.ts', 'b.test.ts']), only)
  t.deepEqual(parseArguments(['--only', 'a.test.ts', 'b.test.ts']), only)
})
