import test from 'ava'

import type { Deployment, Pod } from '../src/kinds.ts'
import { matches, selectorText } from '../src/selector.ts'
import {
  chooseVictims,
  countWorkers,
  hasDrained,
  isDraining,
  type Worker,
  workersOf,
} from '../src/workers.ts'
import { byLabel, DRAINING_SINCE, podsNear, trimDeployment, trimPod } from '../src/world.ts'
import { NOW } from './helpers/observed.ts'

const labels = { app: 'workers', tier: 'back' }

const selects = test.macro((t, selector: object, chosen: boolean) => {
  t.is(matches(selector, labels), chosen)
})
test('equal labels are chosen', selects, { matchLabels: { app: 'workers' } }, true)
test('other labels are not', selects, { matchLabels: { app: 'api' } }, false)
test('an empty selector chooses nobody, for it would choose everybody', selects, {}, false)
const expression = (key: string, operator: string, values?: string[]) => ({
  matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }],
})
test('In', selects, expression('tier', 'In', ['back', 'front']), true)
test('NotIn', selects, expression('tier', 'NotIn', ['back']), false)
test('Exists', selects, expression('app', 'Exists'), true)
test('DoesNotExist', selects, expression('app', 'DoesNotExist'), false)

test('a selector is written as kubectl takes it', (t) => {
  const { matchExpressions } = expression('tier', 'In', ['back', 'front'])
  const exists = expression('zone', 'Exists').matchExpressions
  const selector = { matchLabels: { app: 'w' }, matchExpressions: [...matchExpressions, ...exists] }
  t.is(selectorText(selector), 'app=w,tier in (back,front),zone')
})

function pod(name: string, fields: Partial<Pod['metadata']> = {}, ready = true): Pod {
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }]
  const metadata = { name, namespace: 'north', uid: name, resourceVersion: '1', labels, ...fields }
  return { apiVersion: 'v1', kind: 'Pod', metadata, status: { phase: 'Running', conditions } }
}

function deployment(replicas: number, status: Deployment['status'] = {}): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'workers', namespace: 'north', uid: 'd', resourceVersion: '1', generation: 3 },
    spec: { replicas, selector: { matchLabels: { app: 'workers' } } },
    status: { observedGeneration: 3, replicas, updatedReplicas: replicas, ...status },
  }
}

const noMarks = {
  marked: new Map<string, number>(),
  asked: new Map<string, number>(),
  plain: new Set<string>(),
}
const silence = { wordOf: () => undefined, now: NOW }
const draining = { annotations: { [DRAINING_SINCE]: new Date(NOW - 5_000).toISOString() } }

const count = (target: Deployment, pods: Pod[], plain = new Set<string>()) =>
  countWorkers(
    target,
    workersOf(
      target,
      pods,
      { ...noMarks, plain, asked: new Map(pods.map(({ metadata }) => [metadata.uid, NOW])) },
      silence,
    ),
    {
      plain,
      now: NOW,
      budgets: [],
      pods,
    },
  )

test('pods that end, have ended or belong to others are no workers', (t) => {
  const pods = [
    pod('a'),
    pod('b', { deletionTimestamp: 'now' }),
    { ...pod('c'), status: { phase: 'Failed' } },
    pod('d', { labels: { app: 'api' } }),
  ]
  const workers = workersOf(deployment(1), pods, noMarks, silence)
  t.deepEqual(
    workers.map(({ name }) => name),
    ['a'],
  )
})

test('a pod marked a moment ago is draining, though the cache does not show it yet', (t) => {
  const marks = { ...noMarks, marked: new Map([['a', NOW]]), asked: new Map([['a', NOW]]) }
  t.true(workersOf(deployment(1), [pod('a')], marks, silence).every(isDraining))
})

test('ready, draining and drained workers are told apart', (t) => {
  const pods = [pod('a'), pod('b', {}, false), pod('c', draining), pod('d', draining)]
  t.like(count(deployment(4), pods, new Set(['d'])), { replicas: 4, ready: 1, draining: 2, drained: 1 })
})

test('a worker that has spoken is up, though Kubernetes finds it unready', (t) => {
  const pods = [pod('a'), pod('b', {}, false), pod('c', {}, false)]
  const word = { pool: 'workers', inflight: 1, served: 0, busySeconds: 0, depth: null, oldestAt: null }
  const spoken = (name: string) =>
    name === 'b' ? { ...word, at: NOW, pod: name, draining: false, drained: false } : undefined
  const target = deployment(3)
  const workers = workersOf(target, pods, noMarks, { wordOf: spoken, now: NOW })
  const given = { plain: noMarks.plain, now: NOW, pods, budgets: [] }
  t.like(countWorkers(target, workers, given), { replicas: 3, ready: 1, up: 2 })
})

test('pods beyond what is asked for are on their way out and not counted twice', (t) => {
  const pods = [pod('a'), pod('b', draining), pod('c', draining)]
  const plain = new Set(['b', 'c'])
  t.like(count(deployment(2), pods, plain), { draining: 1, drained: 1, leaving: 1, settling: true })
  t.like(count(deployment(1), pods, plain), { draining: 0, drained: 0, leaving: 2, settling: true })
})

test('in a rollout there are more pods than asked for, of which nobody knows who goes', (t) => {
  const pods = [pod('a'), pod('b', draining)]
  t.like(count(deployment(1, { replicas: 2, updatedReplicas: 1 }), pods), { leaving: 0, rollout: true })
  t.like(count(deployment(1, { observedGeneration: 0 }), pods), { leaving: 1, rollout: true })
})

test('a rollout is under way while older pods exist or the Deployment has not been looked at', (t) => {
  t.true(count(deployment(2, { updatedReplicas: 1 }), []).rollout)
  t.true(count(deployment(2, { observedGeneration: 2 }), []).rollout)
  t.false(count(deployment(2), []).rollout)
})

test('the strictest disruption budget over the workers counts', (t) => {
  const budget = (app: string, disruptionsAllowed: number) => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: app, uid: app, resourceVersion: '1' },
    spec: { selector: { matchLabels: { app } } },
    status: { disruptionsAllowed },
  })
  const pods = [pod('a')]
  const budgets = [budget('workers', 2), budget('workers', 1), budget('api', 0)]
  const target = deployment(1)
  const workers = workersOf(target, pods, noMarks, silence)
  const given = { plain: noMarks.plain, now: NOW, pods }
  t.is(countWorkers(target, workers, { ...given, budgets }).disruptionsAllowed, 1)
  t.is(countWorkers(target, workers, { ...given, budgets: [] }).disruptionsAllowed, undefined)
})

const marked = (since: number) => ({ since, standing: 'holds', shown: true }) as const

function worker(fields: Partial<Worker>): Worker {
  const name = fields.name ?? 'w'
  const serving = { mark: undefined, saysDrained: false, heard: true, inflight: 0, createdAt: NOW }
  return { name, uid: name, ready: true, graceMs: 30_000, ...serving, ...fields }
}

test('those that another process may have chosen go first, then those found unready at work, then those with the least to finish, then the youngest; never those that start or drain', (t) => {
  const workers = [
    worker({ name: 'busy', inflight: 3 }),
    worker({ name: 'chosen', inflight: 9, mark: { ...marked(NOW), standing: 'unheard' } }),
    worker({ name: 'old', createdAt: NOW - 1_000 }),
    worker({ name: 'young' }),
    worker({ name: 'starting', ready: false, heard: false }),
    worker({ name: 'stalled', ready: false, inflight: 5 }),
    worker({ name: 'leaving', mark: marked(NOW) }),
  ]
  const names = (number: number) => chooseVictims(workers, number).map(({ name }) => name)
  t.deepEqual(names(3), ['chosen', 'stalled', 'young'])
  t.deepEqual(names(9), ['chosen', 'stalled', 'young', 'old', 'busy'])
})

const drains = test.macro((t, fields: Partial<Worker>, plain: string[], drained: boolean) => {
  t.is(hasDrained(worker(fields), { plain: new Set(plain) }, NOW), drained)
})
test('a worker that says so has drained', drains, { mark: marked(NOW), saysDrained: true }, [], true)
test('one that says so without being asked has not', drains, { saysDrained: true }, [], false)
test('one that cannot drain has nothing to wait for', drains, { mark: marked(NOW) }, ['w'], true)
test('one is waited for as long as Kubernetes would', drains, { mark: marked(NOW - 30_000) }, [], false)
test('and no longer', drains, { mark: marked(NOW - 30_001) }, [], true)

test('a pod in the cache keeps only what is looked at', (t) => {
  const annotations = { big: 'x'.repeat(10_000), [DRAINING_SINCE]: 'then' }
  const full = {
    ...pod('a', { annotations, managedFields: [{}] }),
    spec: { terminationGracePeriodSeconds: 5 },
  }
  const trimmed = trimPod(full)
  t.deepEqual(trimmed.metadata.annotations, { [DRAINING_SINCE]: 'then' })
  t.is(trimmed.metadata.managedFields, undefined)
  t.is(trimmed.spec?.terminationGracePeriodSeconds, 5)
  t.true(JSON.stringify(trimmed).length < 400)
})

test('of a Deployment is kept what the decision is made from, and not the template of its pods', (t) => {
  const whole = deployment(2, { readyReplicas: 1 })
  const cluttered = {
    ...whole,
    metadata: { ...whole.metadata, labels, annotations: { note: 'long' }, managedFields: [{}] },
    spec: { ...whole.spec, template: { spec: { containers: [{}] } } },
    status: { ...whole.status, conditions: [{}] },
  }
  t.deepEqual(trimDeployment(cluttered), whole)
})

/** As an informer's cache finds them. */
function shelf(pods: readonly Pod[]) {
  const found = (value: string) => pods.filter((one) => byLabel(one).includes(value))
  return {
    list: (namespace = '') => pods.filter(({ metadata }) => metadata.namespace === namespace),
    byIndex: (_index: string, value: string) => found(value),
    countByIndex: (_index: string, value: string) => found(value).length,
  }
}

test('pods of a Deployment are looked for among those with its rarest label', (t) => {
  const pods = shelf([
    pod('a', { labels: { app: 'workers', tier: 'back' } }),
    pod('b', { labels: { app: 'api', tier: 'back' } }),
    pod('c', { labels: { app: 'workers', tier: 'back' }, namespace: 'south' }),
  ])
  const namesNear = (selector: object) =>
    podsNear(pods, 'north', selector).map(({ metadata }) => metadata.name)

  t.deepEqual(namesNear({ matchLabels: { tier: 'back', app: 'workers' } }), ['a'])
  t.deepEqual(namesNear({ matchLabels: { app: 'nobody' } }), [])
  t.deepEqual(namesNear(expression('app', 'Exists')), ['a', 'b'], 'without a label, among all')
})
