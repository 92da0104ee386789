import type { EventEnvelope } from '@medqueue/contracts'
import test from 'ava'
import fc from 'fast-check'

import { roundsOf } from '../../src/events/rounds.ts'

const about = (subject: string, version: number): EventEnvelope => ({
  ...{ id: `${subject}-${version}`, type: 'appointment.booked', source: 'booking', subject, version },
  ...{ occurredAt: '2027-01-04T15:00:00Z', data: {} },
})

test('rounds name each appointment once at most, keep its order, and lose nothing', (t) => {
  const subjects = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 })
  fc.assert(
    fc.property(subjects, (said) => {
      const events = said.map((subject, version) => about(subject, version))
      const rounds = roundsOf(events)
      const once = rounds.every((round) => new Set(round.map(({ subject }) => subject)).size === round.length)
      const ordered = ['a', 'b', 'c', 'd'].every((one) => {
        const versions = rounds.flat().flatMap(({ subject, version }) => (subject === one ? [version] : []))
        return versions.every((version, index) => index === 0 || version > (versions[index - 1] ?? 0))
      })
      return once && ordered && rounds.flat().length === events.length
    }),
  )
  t.pass()
})
