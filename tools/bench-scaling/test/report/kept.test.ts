import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import test, { type ExecutionContext } from 'ava'

import { keep, write } from '../../src/report/files.ts'
import { folderToResume, pack, readMeasured } from '../../src/report/kept.ts'
import { measured } from '../helpers.ts'

async function makeFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-scaling-'))
  t.teardown(async () => rm(folder, { recursive: true }))
  return folder
}

test('what was kept is read again, with figures made from what was seen', async (t) => {
  const folder = await makeFolder(t)
  const one = measured({ phase: 2 })
  await keep(folder, one)
  const [read, ...rest] = await readMeasured(folder)
  t.deepEqual(rest, [])
  t.deepEqual(read?.recording, one.recording)
  t.deepEqual(read?.origin, one.origin)
  t.like(read?.figures, { messages: 1, p99: 1, firstAsked: 0.5, lost: 0 })
})

test('one report tells of all sittings, when they were and with which code', async (t) => {
  const folder = await makeFolder(t)
  const first = measured({}, { hour: 8, minute: 1 })
  const second = measured({ lane: 'keda-15s', setting: 't20' }, { hour: 19, minute: 30 })
  for (const one of [first, second]) await keep(folder, one)
  await write(folder, await readMeasured(folder))
  const report = await readFile(join(folder, 'report.md'), 'utf8')
  t.regex(
    report,
    /2026-01-02 08:00 UTC \| 2026-01-02 08:03 UTC \| 1 \| 90\.0 \| v1-2-g1234567 \| aaaa, bbbb, cccc/,
  )
  t.regex(report, /2026-01-02 19:00 UTC \| 2026-01-02 19:32 UTC \| 1 \|/)
  t.regex(report, /asked: \d+ of \d+ met.*not measured: \d+\n$/)
  const { sittings, asked, runs } = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')) as {
    sittings: unknown[]
    asked: { what: string; verdict: string }[]
    runs: unknown[]
  }
  t.is(sittings.length, 2)
  t.is(runs.length, 2)
  t.is(asked.find(({ what }) => what === 'all: lost')?.verdict, 'met')
  t.is(asked.find(({ what }) => what === 'ramp: p95 s')?.verdict, 'not measured')
})

test('a report is found by its name, by its path, and as the last one', async (t) => {
  const reports = await makeFolder(t)
  for (const name of ['2026-01-01T100000', '2026-01-02T100000']) await keep(join(reports, name), measured({}))
  // Begun, and no run came of it.
  await mkdir(join(reports, '2026-01-03T100000'))
  t.is(await folderToResume('last', reports), join(reports, '2026-01-02T100000'))
  t.is(await folderToResume('2026-01-01T100000', reports), join(reports, '2026-01-01T100000'))
  const path = join(reports, '2026-01-01T100000')
  t.is(await folderToResume(path, '/nowhere'), path)
})

test('a report that is not there is refused', async (t) => {
  await t.throwsAsync(folderToResume('last', '/nowhere'), { instanceOf: RangeError, message: /no report/ })
  await t.throwsAsync(folderToResume('2026', '/nowhere'), {
    instanceOf: RangeError,
    message: /no folder of a report/,
  })
})

test('a run that does not say what it was measured with cannot be gone on from', async (t) => {
  const folder = await makeFolder(t)
  const { run, recording, figures } = measured({})
  await mkdir(join(folder, 'runs'))
  await writeFile(
    join(folder, 'runs/flash-medqueue-phase1.json.gz'),
    gzipSync(JSON.stringify({ run, recording, figures })),
  )
  await t.throwsAsync(readMeasured(folder), { instanceOf: RangeError, message: /begin a new report/ })
})

test('a run under the name of another is refused', async (t) => {
  const folder = await makeFolder(t)
  await mkdir(join(folder, 'runs'))
  await writeFile(join(folder, 'runs/flash-medqueue-phase2.json.gz'), pack(measured({})))
  await t.throwsAsync(readMeasured(folder), {
    instanceOf: RangeError,
    message: /is the run flash-medqueue-phase1/,
  })
})
