import test from 'ava'

import { createLeaderElector, LeadershipLostError, type LeaderTiming } from '../../src/index.ts'
import { leases } from '../../src/internal.ts'
import { COUNTER, counters, Election, LEASE } from '../helpers/candidates.ts'

test('lets one of three candidates lead, and the others know whom', async (t) => {
  const election = await Election.of(t, ['a', 'b', 'c'])
  const leader = await election.leader()
  await election.pass(5_000)

  t.is(election.leaders.length, 1)
  t.is(election.holder, leader.name)
  for (const { elector, seen } of election.candidates) {
    t.is(elector.observedLeader, leader.name)
    t.deepEqual(seen, [leader.name])
  }
})

test('writes who leads, since when, and how often that has changed', async (t) => {
  const election = await Election.of(t, ['a'])
  await election.leader()
  const first = election.server.read(leases, LEASE)?.spec
  t.like(first, { holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0 })
  t.regex(first?.renewTime ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
  await election.pass(4_000)
  const second = election.server.read(leases, LEASE)?.spec

  t.is(second?.acquireTime, first?.acquireTime)
  t.not(second?.renewTime, first?.renewTime)
})

test('leads on while nothing happens', async (t) => {
  const election = await Election.of(t, ['a', 'b'])
  const leader = await election.leader()
  await election.pass(600_000)

  t.true(leader.elector.isLeader())
  t.is(election.server.read(leases, LEASE)?.spec?.leaseTransitions, 0)
})

test('hands over within two seconds when the leader stops in order', async (t) => {
  const election = await Election.of(t, ['a', 'b'])
  const leader = await election.leader()
  await leader.elector.stop()
  t.is(election.holder, '')
  t.deepEqual(leader.losses, ['released'])
  t.true(leader.leadingSignal.aborted)
  t.is(leader.outcome, 'stopped')

  const tookMs = await election.until(() => election.leaders.length === 1)

  t.true(tookMs <= 2_000, `it took ${tookMs} ms`)
  t.not(await election.leader(), leader)
  t.is(election.server.read(leases, LEASE)?.spec?.leaseTransitions, 1)
})

test('gives up when it cannot renew for ten seconds, and says so by rejecting', async (t) => {
  const election = await Election.of(t, ['a'])
  const leader = await election.leader()
  election.server.faults.failAlways({ plural: 'leases' }, { kind: 'reset' })

  const tookMs = await election.until(() => !leader.elector.isLeader())

  t.true(tookMs >= 8_000 && tookMs <= 10_000, `after ${tookMs} ms`)
  t.true(leader.leadingSignal.aborted)
  await election.until(() => leader.outcome !== undefined)
  t.true(leader.outcome instanceof LeadershipLostError)
  t.deepEqual(leader.losses, ['deadline'])
})

test('leads on through failures shorter than its deadline', async (t) => {
  const election = await Election.of(t, ['a', 'b'])
  const leader = await election.leader()
  election.server.faults.fail({ plural: 'leases', verb: 'update' }, { kind: 'status', status: 500 }, 3)
  await election.pass(30_000)

  t.true(leader.elector.isLeader())
  t.deepEqual(election.leaders, [leader])
})

test('leads on when the answer to a renewal is lost', async (t) => {
  const election = await Election.of(t, ['a', 'b'])
  const leader = await election.leader()
  election.server.faults.fail({ plural: 'leases', verb: 'update' }, { kind: 'lost-answer' }, 2)
  await election.pass(30_000)

  t.deepEqual(election.leaders, [leader])
  t.is(election.server.read(leases, LEASE)?.spec?.leaseTransitions, 0)
})

test('makes the lease anew when somebody deletes it', async (t) => {
  const election = await Election.of(t, ['a'])
  const leader = await election.leader()
  election.server.remove(leases, LEASE)
  await election.pass(5_000)

  t.true(leader.elector.isLeader())
  t.is(election.holder, 'a')
})

test('stops at once when another has taken the lease', async (t) => {
  const election = await Election.of(t, ['a'])
  const leader = await election.leader()
  election.server.change(leases, LEASE, { spec: { holderIdentity: 'usurper', renewTime: 'now' } })

  const tookMs = await election.until(() => !leader.elector.isLeader())

  t.true(tookMs <= 2_100, `after ${tookMs} ms`)
  await election.until(() => leader.outcome !== undefined)
  t.deepEqual(leader.losses, ['taken'])
})

test('does not believe the times in a lease, whatever they say', async (t) => {
  const election = await Election.of(t, [])
  const spec = { holderIdentity: 'dead', leaseDurationSeconds: 15, renewTime: '2001-01-01T00:00:00.000000Z' }
  election.server.seed(leases, { metadata: LEASE, spec })
  election.join('a')

  const tookMs = await election.until(() => election.leaders.length === 1)

  t.true(tookMs >= 15_000 && tookMs <= 15_150, `after ${tookMs} ms`)
})

test('waits as long as the holder promised, not as long as it would itself', async (t) => {
  const election = await Election.of(t, [])
  election.server.seed(leases, {
    metadata: LEASE,
    spec: { holderIdentity: 'dead', leaseDurationSeconds: 40 },
  })
  election.join('a')

  const tookMs = await election.until(() => election.leaders.length === 1)

  t.true(tookMs >= 40_000 && tookMs <= 40_150, `after ${tookMs} ms`)
})

test('is not fooled by a wall clock that is set', async (t) => {
  const election = await Election.of(t, ['a', 'b'])
  const leader = await election.leader()
  const other = election.candidates.find((candidate) => candidate !== leader)
  other?.clock.skew(86_400_000)
  await election.pass(20_000)
  leader.clock.skew(-86_400_000)
  await election.pass(20_000)

  t.deepEqual(election.leaders, [leader])
})

test('may not write after the machine has slept, though its monotonic clock stood', async (t) => {
  const election = await Election.of(t, ['a'])
  const leader = await election.leader()
  leader.clock.skew(60_000)

  t.false(leader.elector.isLeader())
  t.throws(() => leader.elector.assertLeading(), { instanceOf: LeadershipLostError })
})

test('may not write after a pause, before any of its timers have run', async (t) => {
  const election = await Election.of(t, ['a', 'b'])
  const leader = await election.leader()
  leader.stands = true
  await election.until(() => election.leaders.length === 1)
  leader.clock.pause(20_000)

  t.is(await leader.count(), 'refused here')
  t.true(leader.leadingSignal.aborted)
  await election.until(() => leader.outcome !== undefined)
  t.deepEqual(leader.losses, ['deadline'])
})

test('cannot overwrite its successor with what it sent before a pause', async (t) => {
  const election = await Election.of(t, ['a', 'b'])
  const leader = await election.leader()
  // The write has left the process and waits on its way; meanwhile the process is paused and another one leads.
  const late = election.server.faults.hold({ plural: 'configmaps', verb: 'update' })
  const outcome = leader.count()
  await late.arrived
  leader.stands = true
  const [successor] = [await election.leader()]
  t.is(await successor.count(), 'written')

  late.release()

  t.is(await outcome, 'refused there')
  const { data } = election.server.read(counters, COUNTER) ?? {}
  t.deepEqual(data, { value: '1', history: ` ${successor.name}` })
})

test('keeps a candidate out that stops while it waits', async (t) => {
  const election = await Election.of(t, ['a', 'b'])
  const leader = await election.leader()
  const other = election.candidates.find((candidate) => candidate !== leader)
  await other?.elector.stop()
  leader.stands = true
  await election.pass(40_000)

  t.deepEqual(election.leaders, [])
  t.is(other?.outcome, 'stopped')
  t.deepEqual(other?.losses, [])
})

test('gives a lease back that it got while it was being stopped', async (t) => {
  const election = await Election.of(t, [])
  const create = election.server.faults.hold({ plural: 'leases', verb: 'create' })
  const candidate = election.join('a')
  await create.arrived
  const stopped = candidate.elector.stop()
  create.release()
  await stopped

  t.is(election.holder, '')
  t.is(candidate.outcome, 'stopped')
})

const refuses = test.macro((t, timing: LeaderTiming, message: RegExp) => {
  const options = { lease: LEASE, identity: 'a', client: undefined as never, ...timing }
  t.throws(() => createLeaderElector(options), { code: 'OPERATOR_MISUSE', message })
})

test(
  'refuses a deadline as long as the lease',
  refuses,
  { renewDeadlineMs: 15_000 },
  /longer than renewDeadline/,
)
test(
  'refuses a retry as long as the deadline',
  refuses,
  { retryPeriodMs: 9_000 },
  /over 1.2 times retryPeriod/,
)
test('refuses part of a second as a lease', refuses, { leaseDurationMs: 15_500 }, /whole seconds/)
