import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import test from 'ava'

import { cached, install } from '../../src/find/cache.ts'
import { run } from '../../src/find/run.ts'
import { scratchFolder } from '../helpers/folder.ts'

// The cache folder comes from the environment, so these tests share it and run one by one.
test.serial('keeps a fetched program and finds it again', async (t) => {
  process.env.MEDQUEUE_CACHE = await scratchFolder(t)
  t.is(await cached('tool'), undefined)

  const path = await install('tool', async (scratch) => {
    await writeFile(join(scratch, 'made'), '#!/bin/sh\necho it works\n')
    return join(scratch, 'made')
  })

  t.is(await cached('tool'), path)
  t.is(await run(path, []), 'it works\n')
})

test.serial('leaves nothing behind when fetching fails', async (t) => {
  const folder = await scratchFolder(t)
  process.env.MEDQUEUE_CACHE = folder
  await mkdir(join(folder, 'bin'))

  await t.throwsAsync(
    install('tool', async () => {
      throw new Error('no network')
    }),
    { message: 'no network' },
  )

  t.deepEqual(await readdir(folder), ['bin'])
  t.false(existsSync(join(folder, 'bin', 'tool')))
})
