import { join } from 'node:path'

import { cacheFolder, findGo, run } from '@medqueue/servers'

/** The module whose programs `@medqueue/cluster` builds. */
const MODULE = 'github.com/kedacore/keda/v2@v2.21.0'

/** Folder with the definitions of KEDA's kinds, from the module that its programs are built from. */
export async function definitionsFolder(): Promise<string> {
  const go = await findGo(join(cacheFolder(), 'go'))
  const env = { ...go.env, GOWORK: 'off', GOFLAGS: '-mod=mod' }
  const answer = await run(go.file, ['mod', 'download', '-json', MODULE], { env, cwd: cacheFolder() })
  const { Dir } = JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)) as {
    Dir: string
  }
  return join(Dir, 'config/crd/bases')
}
