import test from 'ava'

import { type Said, saidIn, waitingReasons, waitingReport } from '../lib/waiting.ts'

const T = 1_800_000_000_000

/** An answer at a second, to a patient: status, place, and the wait from and to. */
const said = (second: number, patient: number, words: string) => {
  const asked = T + second * 1_000
  return saidIn(`w,${asked},${asked + 10},${patient},${words}`.split(','))
}

const reportOf = (...answers: Said[]) => waitingReport(answers)

test('a line that is kept has no violations, and tells how long it took', (t) => {
  const report = reportOf(
    ...[said(0, 1, 'drawing,0,5,9'), said(0, 2, 'drawing,0,5,9')],
    ...[said(5, 1, 'waiting,2,2,6'), said(6, 2, 'admitted,1,,'), said(9, 1, 'admitted,2,,')],
  )
  t.like(report, { joined: 2, admitted: 2, orderViolations: 0, samePlace: 0 })
  t.is(Math.round(report?.waited.longest ?? 0), 9)
  t.like(report?.told, { count: 1, within: 1 })
})

test('who waits on after somebody behind was let in has been passed over', (t) => {
  const passed = [said(1, 2, 'admitted,20,,'), said(2, 1, 'waiting,10,1,2'), said(3, 1, 'admitted,10,,')]
  t.is(reportOf(...passed)?.orderViolations, 1)
  t.is(reportOf(said(2, 2, 'admitted,20,,'), said(2, 1, 'waiting,10,1,2'))?.orderViolations, 0)
})

test('a wait that did not come true is not counted as kept', (t) => {
  const report = reportOf(
    said(0, 1, 'waiting,9,1,2'),
    said(20, 1, 'waiting,9,1,2'),
    said(30, 1, 'admitted,9,,'),
  )
  t.like(report?.told, { count: 2, within: 0.5 })
})

test('who is lost, passed over or doubled is a reason to fail', (t) => {
  const room = { room: true, vus: 3 }
  const report = reportOf(said(0, 1, 'admitted,1,,'), said(0, 2, 'admitted,1,,'), said(1, 3, 'waiting,0,1,2'))
  t.deepEqual(waitingReasons(room, report), [
    '1 patients with a ticket were not let in',
    '1 answers were against the order of the line',
    '1 patients had the place of somebody else',
  ])
  t.deepEqual(waitingReasons(room, undefined), ['3 patients got no ticket'])
  t.deepEqual(waitingReasons({ room: false, vus: 3 }, undefined), [])
})
