import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { findProgram } from '@medqueue/cluster'
import { run } from '@medqueue/servers'

import { ChartError } from '../errors.ts'
import { readManifest } from '../manifest.ts'
import { restartedBy, serversOf } from '../rules/restarts.ts'
import { chartFolder } from './scenarios.ts'
import type { World } from './steps.ts'

const NEXT = '99.9.9'
const CHART = 'medqueue'

/** Another version of the platform must not end the only database, broker and cache of a trial. */
export async function checkRestarts({ say }: World): Promise<string> {
  const helm = await findProgram('helm', say)
  const folder = await mkdtemp(join(tmpdir(), 'medqueue-next-'))
  try {
    await cp(chartFolder(CHART), folder, { recursive: true })
    const about = join(folder, 'Chart.yaml')
    const text = await readFile(about, 'utf8')
    await writeFile(about, text.replaceAll(/^(version|appVersion): .*$/gm, `$1: ${NEXT}`))
    const render = async (chart: string, ...more: string[]) =>
      readManifest(await run(helm, ['template', CHART, chart, '--is-upgrade', ...more]))
    const before = await render(chartFolder(CHART))
    const restarted = restartedBy(
      before,
      await render(folder, '--set', `image.tag=${NEXT}`, '--set', 'commonLabels.team=next'),
    )
    if (restarted.length > 0) {
      throw new ChartError('CHART_RULE', `another version restarts ${restarted.join(', ')}`)
    }
    return `${serversOf(before).length} servers go on when the version changes`
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
