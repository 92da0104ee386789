import type { CaseDraft } from './cases.ts'

const target = (name: string) => ({ apiVersion: 'apps/v1', kind: 'Deployment', name })
const rush = (fields: object = {}) => ({
  schedule: '50 7 * * 1-5',
  timeZone: 'America/Sao_Paulo',
  duration: '40m',
  replicas: 5,
  ...fields,
})

export const poolCases: readonly CaseDraft[] = [
  { title: 'the least a pool needs' },
  {
    title: 'a pool with everything set',
    spec: {
      queueRef: undefined,
      consumerRef: { stream: 'MAILS', consumer: 'mailers' },
      minReplicas: 1,
      maxReplicas: 25,
      drainSLO: '1m30s',
      idleAfter: '5m',
      startupEstimate: '800ms',
      serviceRateEstimate: 37.5,
      scaleDown: { window: '30s', stepPercent: 50, stepPeriod: '15s' },
      headroom: 1.5,
      prewarm: [rush()],
      mode: 'Observe',
    },
  },
  {
    title: 'a name with a dot',
    name: 'workers.north',
    refusal: 'metadata.name must be at most 63 characters without a dot',
  },
  {
    title: 'neither queue nor consumer',
    spec: { queueRef: undefined },
    refusal: 'set exactly one of spec.queueRef and spec.consumerRef',
  },
  {
    title: 'both queue and consumer',
    spec: { consumerRef: { stream: 'MAILS', consumer: 'mailers' } },
    refusal: 'set exactly one of spec.queueRef and spec.consumerRef',
  },
  {
    title: 'a floor above the ceiling',
    spec: { minReplicas: 11 },
    refusal: 'spec.minReplicas must not be larger than spec.maxReplicas',
  },
  { title: 'a floor at the ceiling', spec: { minReplicas: 10 } },
  { title: 'a ceiling of none', spec: { maxReplicas: 0 }, refusal: 'should be greater than or equal to 1' },
  {
    title: 'a pool without a ceiling',
    spec: { maxReplicas: undefined },
    refusal: 'spec.maxReplicas: Required value',
  },
  { title: 'a negative floor', spec: { minReplicas: -1 }, refusal: 'should be greater than or equal to 0' },
  {
    title: 'another target',
    before: {},
    spec: { targetRef: target('others') },
    refusal: 'spec.targetRef cannot be changed',
  },
  {
    title: 'another queue, floor and mode, which may change',
    before: {},
    spec: { queueRef: { name: 'north' }, minReplicas: 2, mode: 'Observe' },
  },
  {
    title: 'a target that is no Deployment',
    spec: { targetRef: { ...target('workers'), kind: 'StatefulSet' } },
    refusal: 'Unsupported value: "StatefulSet"',
  },
  {
    title: 'an objective of half a second',
    spec: { drainSLO: '500ms' },
    refusal: 'spec.drainSLO must be a time from 1s to 1h',
  },
  {
    title: 'an objective without a unit',
    spec: { drainSLO: '10' },
    refusal: 'spec.drainSLO in body should match',
  },
  {
    title: 'sleep after two days',
    spec: { idleAfter: '48h' },
    refusal: 'spec.idleAfter must be a time from 0s to 24h',
  },
  {
    title: 'a start within a millisecond',
    spec: { startupEstimate: '1ms' },
    refusal: 'spec.startupEstimate must be a time from 100ms to 10m',
  },
  {
    title: 'workers that start later than requests may wait',
    spec: { startupEstimate: '20s' },
    refusal: 'spec.startupEstimate must be shorter than spec.drainSLO',
  },
  {
    title: 'a window of two hours',
    spec: { scaleDown: { window: '2h' } },
    refusal: 'spec.scaleDown.window must be a time from 0s to 1h',
  },
  {
    title: 'a step each hour',
    spec: { scaleDown: { stepPeriod: '1h' } },
    refusal: 'spec.scaleDown.stepPeriod must be a time from 0s to 10m',
  },
  {
    title: 'a step of nothing',
    spec: { scaleDown: { stepPercent: 0 } },
    refusal: 'should be greater than or equal to 1',
  },
  { title: 'a negative headroom', spec: { headroom: -0.1 }, refusal: 'should be greater than or equal to 0' },
  {
    title: 'workers that do nothing',
    spec: { serviceRateEstimate: 0 },
    refusal: 'spec.serviceRateEstimate must be larger than 0',
  },
  {
    title: 'a rush above the ceiling',
    spec: { prewarm: [rush({ replicas: 11 })] },
    refusal: 'spec.prewarm[].replicas must not be larger than spec.maxReplicas',
  },
  {
    title: 'a rush of a second',
    spec: { prewarm: [rush({ duration: '1s' })] },
    refusal: 'spec.prewarm[].duration must be a time from 1m to 168h',
  },
  {
    title: 'a schedule of six fields',
    spec: { prewarm: [rush({ schedule: '0 50 7 * * 1-5' })] },
    refusal: 'schedule in body should match',
  },
  {
    title: 'more rushes than sixteen',
    spec: { prewarm: Array.from({ length: 17 }, () => rush()) },
    refusal: 'must have at most 16 items',
  },
  { title: 'a mode nobody knows', spec: { mode: 'Passive' }, refusal: 'Unsupported value: "Passive"' },
  { title: 'a field nobody knows', spec: { maxReplica: 3 }, refusal: 'unknown field "spec.maxReplica"' },
]
