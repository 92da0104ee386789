import test from 'ava'

import { assertRoom } from '../src/index.ts'
import { withDiskErrors } from '../src/disk.ts'
import { startFailure } from '../src/ready.ts'
import { scratchFolder } from './helpers/folder.ts'

test('says how much room is missing and what to do', async (t) => {
  const folder = await scratchFolder(t)

  await t.throwsAsync(assertRoom(folder, 2 ** 60), {
    code: 'SERVERS_DISK_FULL',
    message: /has \d+ MB left and \d+ MB are needed: delete something/,
  })
  await t.notThrowsAsync(assertRoom(folder, 1))
})

test('turns a full disk into one line, and nothing else', async (t) => {
  const fail = (code: string) => async () => {
    throw Object.assign(new Error('write'), { code })
  }

  await t.throwsAsync(withDiskErrors('/data', fail('ENOSPC')), { code: 'SERVERS_DISK_FULL' })
  await t.throwsAsync(withDiskErrors('/data', fail('EACCES')), { code: 'EACCES' })
})

test('knows a full disk from the last words of a server', (t) => {
  const output =
    'LOG:  starting\nFATAL:  could not write lock file "postmaster.pid": No space left on device\n'

  t.is(startFailure('PostgreSQL', 'log', output).code, 'SERVERS_DISK_FULL')
})

test('repeats the line of a server that says why it ended', (t) => {
  const output = 'LOG:  starting\nFATAL:  data directory has wrong ownership\nLOG:  shut down\n'

  const { code, message } = startFailure('PostgreSQL', '/logs/pg.log', output)

  t.is(code, 'SERVERS_START_FAILED')
  t.is(
    message,
    'PostgreSQL ended while starting: FATAL:  data directory has wrong ownership (log: /logs/pg.log).',
  )
})
