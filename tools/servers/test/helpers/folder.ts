import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { ExecutionContext } from 'ava'

/** A folder of the test's own, which any user may enter. */
export async function scratchFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'medqueue-'))
  await chmod(folder, 0o755)
  t.teardown(async () => rm(folder, { recursive: true, force: true }))
  return folder
}
