/** `node tools/cluster/src/programs/main.ts NAME…` prints the path of each program, and builds what is missing. */
import { messageOf } from '@medqueue/servers'

import { findProgram } from './find.ts'

try {
  for (const name of process.argv.slice(2)) {
    console.log(await findProgram(name, (line) => console.error(line)))
  }
} catch (error) {
  console.error(messageOf(error))
  process.exitCode = 1
}
