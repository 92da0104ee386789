import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import test from 'ava'
import { parse } from 'yaml'

import { runbookUrl, slugOf } from '../src/alerts/alert.ts'
import { BUNDLES } from '../src/all.ts'
import { generatedFiles, REPOSITORY } from '../src/generated.ts'
import { rulesFile, testsFile } from '../src/rules.ts'

const alerts = BUNDLES.flatMap((bundle) => bundle.alerts.flatMap((group) => group.alerts))
const RUNBOOKS = join(REPOSITORY, 'docs/runbooks')

test('what is generated of dashboards and alerts is up to date', async (t) => {
  for (const [file, text] of await generatedFiles()) t.is(await readFile(file, 'utf8'), text, file)
})

test('every alert has a name of its own', (t) => {
  t.is(new Set(alerts.map(({ name }) => name)).size, alerts.length)
})

test('every alert has a runbook, and every runbook an alert', async (t) => {
  const pages = (await readdir(RUNBOOKS)).filter((file) => file !== 'README.md').sort()
  t.deepEqual(pages, alerts.map(({ name }) => `${slugOf(name)}.md`).sort())
})

test('every runbook says what it means, where to look and what to do', async (t) => {
  for (const { name } of alerts) {
    const text = await readFile(join(RUNBOOKS, `${slugOf(name)}.md`), 'utf8')
    t.true(text.startsWith(`# ${name}\n`), name)
    for (const section of ['## What it means', '## Look', '## Do']) t.true(text.includes(section), name)
    for (const [, link] of text.matchAll(/\]\(([a-z-]+\.md)\)/g)) {
      t.true(
        alerts.some((alert) => `${slugOf(alert.name)}.md` === link),
        `${name} leads to ${link ?? ''}`,
      )
    }
  }
})

test('names become addresses of pages', (t) => {
  t.is(slugOf('BookingQueueWaitLong'), 'booking-queue-wait-long')
  t.is(runbookUrl('LogInsRefused'), 'https://medqueue.dev/runbooks/log-ins-refused')
})

test('every alert says how bad it is, what happens, and where the runbook is', (t) => {
  const [bundle] = BUNDLES
  const file = parse(rulesFile(bundle?.alerts ?? [])) as {
    groups: { rules: { labels: object; annotations: Record<string, string> }[] }[]
  }
  for (const { labels, annotations } of file.groups.flatMap(({ rules }) => rules)) {
    t.deepEqual(Object.keys(labels), ['severity'])
    t.deepEqual(Object.keys(annotations), ['summary', 'description', 'runbook_url'])
  }
})

test('every alert is tried when it must fire and when it must be silent', (t) => {
  for (const { alerts: groups } of BUNDLES) {
    const { tests } = parse(testsFile('x', groups)) as {
      tests: { name: string; alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[]
    }
    const firing = new Map(
      tests.map(({ name, alert_rule_test: [one] }) => [name, (one?.exp_alerts.length ?? 0) > 0]),
    )
    t.is(firing.size, tests.length, 'each case has a name of its own')
    for (const { name } of groups.flatMap((group) => group.alerts)) {
      t.true(firing.get(`${name} firing`), name)
      t.false(firing.get(`${name} silent`), name)
    }
  }
})
