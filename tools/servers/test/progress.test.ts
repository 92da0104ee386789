import test from 'ava'

import { progressOn } from '../src/progress.ts'

function terminal(isTTY: boolean) {
  const written: string[] = []
  return { written, write: (text: string) => written.push(text), isTTY, columns: 40 }
}

test('writes one plain line for each task when nobody watches', async (t) => {
  const { written, ...screen } = terminal(false)
  const progress = progressOn(screen)

  await progress.track('NATS', async () => undefined)
  progress.end()

  t.is(written.length, 1)
  t.regex(written[0] ?? '', /^✔ NATS \(\d+\.\d s\)\n$/)
})

test('leaves a clean line on a terminal, also when a task fails', async (t) => {
  const { written, ...screen } = terminal(true)
  const progress = progressOn(screen)

  await t.throwsAsync(
    progress.track('Redis', async () => {
      throw new Error('port taken')
    }),
    { message: 'port taken' },
  )
  progress.end()

  t.is(written.at(-1), '\r\x1b[2K')
  t.false(written.some((text) => text.includes('✔')))
})
