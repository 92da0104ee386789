import test from 'ava'

import { layoutOf } from '../src/layout.ts'
import { demoLogins, summaryOf } from '../src/summary.ts'

test('tells a newcomer where to go and how to log in', (t) => {
  const text = summaryOf({ urls: layoutOf().urls, dataDir: '/data' }, demoLogins(), 2_345)

  t.regex(text, /runs \(2\.3 s\)/)
  t.regex(text, /http:\/\/127\.0\.0\.1:8080\/docs/)
  for (const role of ['patient', 'doctor', 'admin', 'stakeholder']) {
    t.regex(text, new RegExp(`^ {2}${role} +${role}@demo\\.medqueue\\.dev {2}\\S+$`, 'm'))
  }
})
