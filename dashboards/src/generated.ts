import { join, resolve } from 'node:path'

import { format, resolveConfig } from 'prettier'

import { BUNDLES } from './all.ts'
import { rulesFile, testsFile } from './rules.ts'

export const REPOSITORY = resolve(import.meta.dirname, '../..')

/** Every generated file with its text: dashboards and rules in the charts, cases for promtool beside them here. */
export async function generatedFiles(repository = REPOSITORY): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  const options = await resolveConfig(join(repository, 'package.json'))
  for (const { chart, boards, alerts } of BUNDLES) {
    const folder = join(repository, 'charts', chart, 'files')
    for (const board of boards) {
      const text = await format(JSON.stringify(board), { ...options, parser: 'json' })
      files.set(join(folder, 'dashboards', `${board.uid ?? ''}.json`), text)
    }
    files.set(join(folder, 'rules/alerts.yaml'), rulesFile(alerts))
    const rules = `../../charts/${chart}/files/rules/alerts.yaml`
    files.set(join(repository, 'dashboards/cases', `${chart}.yaml`), testsFile(rules, alerts))
  }
  return files
}
