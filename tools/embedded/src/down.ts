/** `make down`: stops a platform that another terminal started. */
import { isAlive, waitForEnd } from '@medqueue/servers'

import { dataDirOf } from './command.ts'
import { readPlatformFile } from './platform-file.ts'

const running = readPlatformFile(dataDirOf(process.env))
if (running === undefined || !isAlive(running.launcher)) {
  console.log('nothing runs')
} else {
  process.kill(running.launcher.pid, 'SIGTERM')
  const ended = await waitForEnd(running.launcher, 30_000)
  console.log(
    ended
      ? 'stopped'
      : `process ${running.launcher.pid} has not ended after 30 s: kill -9 ${running.launcher.pid}`,
  )
  process.exitCode = ended ? 0 : 1
}
