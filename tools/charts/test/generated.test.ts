import { readFile } from 'node:fs/promises'

import { PATH_TABLE } from '@medqueue/contracts'
import test from 'ava'

import { generatedFiles } from '../src/generated.ts'
import { ingressPaths } from '../src/paths.ts'

test('what is generated of the charts is up to date', async (t) => {
  for (const [file, text] of await generatedFiles()) t.is(await readFile(file, 'utf8'), text, file)
})

test('the ingress has every path of the path table, hot ones straight to their service', (t) => {
  const byPath = new Map(ingressPaths().map(({ path, component }) => [path, component]))
  for (const { prefix, service, direct } of PATH_TABLE) {
    const hot = service === 'booking' ? 'booking-api' : service
    t.is(byPath.get(prefix), direct === true ? hot : 'gateway', prefix)
  }
})

test('figures for Prometheus have no path', (t) => {
  t.false(ingressPaths().some(({ path, type }) => path === '/metrics' || (path === '/' && type === 'Prefix')))
})
