import test from 'ava'

import { faultsOf, forgotten } from '../src/rules/environment.ts'

test('a variable that the process reads, with a value that it takes, is right', (t) => {
  t.deepEqual(faultsOf('scheduling', [{ name: 'HORIZON_DAYS', value: '120' }]), [])
})

test('a variable that the process does not read is wrong', (t) => {
  t.deepEqual(faultsOf('scheduling', [{ name: 'HORIZON', value: '120' }]), [
    'scheduling is given HORIZON, which it does not read',
  ])
})

test('a value that the process would refuse is wrong', (t) => {
  const [fault, ...more] = faultsOf('booking-api', [{ name: 'AUDIT_RETENTION_DAYS', value: '30' }])
  t.regex(fault ?? '', /does not take what it is given.*AUDIT_RETENTION_DAYS/)
  t.deepEqual(more, [])
})

test('a variable that is given twice is wrong', (t) => {
  const twice = [
    { name: 'LOG_LEVEL', value: 'info' },
    { name: 'LOG_LEVEL', value: 'debug' },
  ]
  t.deepEqual(faultsOf('gateway', twice), ['gateway is given LOG_LEVEL twice'])
})

test('what comes from a Secret or from the pod has no value to look at', (t) => {
  t.deepEqual(faultsOf('directory', [{ name: 'DATABASE_URL' }, { name: 'POD_NAMESPACE' }]), [])
})

test('a setting that nobody gives is named, and one that is left to others is not', (t) => {
  const missing = forgotten('realtime', new Set())
  t.true(missing.includes('realtime reads MAX_SLOT_SOCKETS, which no value of the chart sets'))
  t.false(missing.some((line) => line.includes('HEARTBEAT_MS')))
})

test('a setting that a file gives is given', (t) => {
  t.false(forgotten('realtime', new Set(['NATS_URL_FILE'])).some((line) => line.includes(' NATS_URL,')))
})

test('what the chart gives is not left to others', (t) => {
  t.true(
    forgotten('realtime', new Set(['HEARTBEAT_MS'])).includes(
      'realtime: HEARTBEAT_MS is not left to extraEnv',
    ),
  )
})
