import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'

import test from 'ava'

import { readCatalogues, renderErrorDocs } from '../src/error-docs.ts'

const page = resolve(import.meta.dirname, '../../../docs/errors.md')

test('docs/errors.md lists exactly the errors of the catalogues', async (t) => {
  const wanted = renderErrorDocs(await readCatalogues())

  t.is(await readFile(page, 'utf8'), wanted, 'out of date: run `make generate-errors`')
})

test('lists every service that has a catalogue, and what all services share first', async (t) => {
  const folders = (await readCatalogues()).map(({ folder }) => folder)

  t.is(folders[0], 'packages/service-kit')
  t.true(folders.includes('services/booking'))
})

test('a row cannot break out of its table', (t) => {
  const entry = { code: 'A_B', status: 400, title: 'Either | or', hint: 'One\nline.', type: 'x' }

  const rendered = renderErrorDocs([{ folder: 'services/a', entries: [entry] }])

  t.true(rendered.includes('| `A_B` | 400 | Either \\| or | One line. |'))
})
