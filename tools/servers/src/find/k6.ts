import { messageOf, ServerError } from '../errors.ts'
import { cached, install } from './cache.ts'
import { goInstall } from './go.ts'
import { onPath } from './run.ts'

const MODULE = 'go.k6.io/k6@v1.8.1'
const NAME = 'k6-1.8.1'

/** Path of k6, the load generator: from the PATH, from the cache, or built with Go. */
export async function findK6(say: (line: string) => void): Promise<string> {
  const found = (await onPath('k6')) ?? (await cached(NAME))
  if (found !== undefined) return found
  try {
    say('building k6 with Go, which takes a minute or two')
    return await install(NAME, async (scratch) => goInstall(MODULE, 'k6', scratch))
  } catch (error) {
    throw new ServerError(
      'SERVERS_TOOL_MISSING',
      `k6 is missing and could not be built: put k6 1.x on the PATH, or install Go (Debian: apt-get install golang-go) and try again (${messageOf(error)}).`,
      { cause: error },
    )
  }
}
