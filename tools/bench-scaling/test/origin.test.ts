import test from 'ava'

import { leftOf } from '../src/origin.ts'
import { choiceOf, nameOf, runsOf } from '../src/plan.ts'
import { CODE, measured } from './helpers.ts'

const runs = runsOf(choiceOf({ TRACES: 'flash', LANES: 'medqueue,keda-default', PHASES: '2' }))

test('what is there already is not measured again, and the rest goes on in its order', (t) => {
  const kept = [measured({}), measured({ lane: 'keda-default', phase: 1 })]
  t.deepEqual(leftOf(runs, kept, CODE).map(nameOf), ['flash-keda-default-phase1', 'flash-medqueue-phase2'])
  t.deepEqual(leftOf(runs, [], CODE), runs)
})

test('a run that is there but was not asked for changes nothing', (t) => {
  t.deepEqual(leftOf(runs, [measured({ trace: 'ramp' })], CODE), runs)
})

for (const part of ['operator', 'worker', 'bench'] as const) {
  test(`a run of another ${part} is refused, with how to go on`, (t) => {
    t.throws(() => leftOf(runs, [measured({})], { ...CODE, [part]: 'dddd' }), {
      instanceOf: RangeError,
      message: new RegExp(
        `flash-medqueue-phase1 .* another ${part} \\(.*, now dddd\\)\\. .*begin a new report`,
      ),
    })
  })
}

test('a run of KEDA stays valid with another operator, and with another commit of the same sources', (t) => {
  const kept = [measured({ lane: 'keda-default' })]
  t.is(leftOf(runs, kept, { ...CODE, operator: 'dddd', commit: 'v2' }).length, runs.length - 1)
})
