import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import test from 'ava'

import { clusterLayout } from '../../src/layout.ts'
import { wasStarted } from '../../src/node/stop.ts'

test('a folder whose node was never started has nothing to take away from the machine', (t) => {
  const data = mkdtempSync(join(tmpdir(), 'medqueue-'))
  t.teardown(() => rmSync(data, { recursive: true }))
  const layout = clusterLayout({ MEDQUEUE_DATA: data })
  t.false(wasStarted(layout))
  for (const trace of [layout.sysctlFile, layout.supervisorFile]) {
    mkdirSync(dirname(trace), { recursive: true })
    writeFileSync(trace, '{}')
    t.true(wasStarted(layout))
    rmSync(trace)
  }
})
