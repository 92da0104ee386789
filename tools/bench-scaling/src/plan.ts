import { benchTraces, type Trace } from '@medqueue/worker-pool-controller/traces'

/**
 * Vocabulary. Trace: when messages arrive. Lane: a scaler with the clock it may have. Setting: how the scaler of a lane
 * is set up for a trace. Phase: where in its clock the scaler is when a trace begins. Run: one of each.
 */
export const TRACES = ['flash', 'square', 'steady', 'ramp'] as const
export type TraceName = (typeof TRACES)[number]

/** In the order in which they run. */
export const LANES = {
  medqueue: 'the operator, as installed, with a pool that says nothing but its bounds',
  'keda-default': 'KEDA 2.21 and an HPA, nothing set',
  'keda-15s': 'KEDA 2.21 at its best with the HPA clock of every managed cluster',
  'keda-1s': 'KEDA 2.21 at its best with an HPA clock that only an own control plane has',
} as const
export type Lane = keyof typeof LANES

/** How KEDA is set up. Only `defaults` leaves everything to it. */
export const KEDA_SETTINGS = {
  defaults: {},
  t20: { threshold: 20 },
  t80: { threshold: 80 },
  t160: { threshold: 160 },
  idle8: { threshold: 160, fromIdle: 8 },
} as const satisfies Record<string, KedaSetting>

export interface KedaSetting {
  /** Messages for each worker that the HPA aims at; with one, everything that slows KEDA down is turned off too. */
  threshold?: number
  /** Workers that it goes to at once from none. */
  fromIdle?: number
}
export type Setting = keyof typeof KEDA_SETTINGS

/** The best that was found for each trace, out of thresholds from 20 to 160, a standing worker, and idle workers. */
const BEST: Record<'keda-15s' | 'keda-1s', Record<TraceName, readonly Setting[]>> = {
  'keda-15s': { flash: ['t20', 'idle8'], square: ['t160'], steady: ['t160'], ramp: ['t160'] },
  'keda-1s': { flash: ['t160'], square: ['t80'], steady: ['t160'], ramp: ['t80'] },
}

export function settingsOf(lane: Lane, trace: TraceName): readonly Setting[] {
  return lane === 'medqueue' || lane === 'keda-default' ? ['defaults'] : BEST[lane][trace]
}

export interface Run {
  lane: Lane
  trace: TraceName
  setting: Setting
  /** From 0. */
  phase: number
}

export interface Choice {
  traces: readonly TraceName[]
  lanes: readonly Lane[]
  phases: number
}

export const MOST_PHASES = 3

/** What TRACES, LANES and PHASES ask for: everything, when they say nothing. Throws a RangeError that names what is wrong. */
export function choiceOf(env: NodeJS.ProcessEnv): Choice {
  const phases = Number((env.PHASES ?? '') === '' ? MOST_PHASES : env.PHASES)
  if (!Number.isInteger(phases) || phases < 1 || phases > MOST_PHASES) {
    throw new RangeError(`PHASES=${env.PHASES ?? ''} is no number from 1 to ${MOST_PHASES}.`)
  }
  return {
    traces: chosen('TRACES', env.TRACES, TRACES),
    lanes: chosen('LANES', env.LANES, Object.keys(LANES) as Lane[]),
    phases,
  }
}

const MOST_SCALE_DOWNS = 1_000

/** How many scale-downs SCALE_DOWNS asks to be proved; undefined: none, everything is compared. Throws a RangeError. */
export function scaleDownsOf({ SCALE_DOWNS: text = '' }: NodeJS.ProcessEnv): number | undefined {
  if (text === '') return undefined
  const wanted = Number(text)
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= MOST_SCALE_DOWNS) return wanted
  throw new RangeError(`SCALE_DOWNS=${text} is no number from 1 to ${MOST_SCALE_DOWNS}.`)
}

function chosen<T extends string>(name: string, text = '', known: readonly T[]): readonly T[] {
  const asked = text.split(',').filter((word) => word !== '')
  for (const word of asked) {
    if (known.includes(word as T)) continue
    throw new RangeError(`${name}=${text}: there is no ${word}; there are ${known.join(', ')}.`)
  }
  return asked.length === 0 ? known : known.filter((one) => asked.includes(one))
}

/**
 * Phases on the outside, so that a slow hour of the machine hits all lanes, and a bench that ends early leaves whole
 * phases. Every other phase goes through the lanes backwards: one that ended with the clock of an own control plane is
 * followed by one that begins with it, and no lane is always the first.
 */
export function runsOf({ traces, lanes, phases }: Choice): Run[] {
  return Array.from({ length: phases }, (_, phase) =>
    (phase % 2 === 0 ? lanes : lanes.toReversed()).flatMap((lane) =>
      traces.flatMap((trace) => settingsOf(lane, trace).map((setting) => ({ lane, trace, setting, phase }))),
    ),
  ).flat()
}

/** Every lane gets the same messages at the same moments; another phase gets others. */
export function traceOf({ trace, phase }: Pick<Run, 'trace' | 'phase'>): Trace {
  const found = benchTraces(phase + 1).find(({ name }) => name === trace)
  if (found === undefined) throw new RangeError(`There is no trace ${trace}.`)
  return found
}

export const nameOf = ({ lane, trace, setting, phase }: Run) =>
  [trace, lane, ...(setting === 'defaults' ? [] : [setting]), `phase${phase + 1}`].join('-')

const SETTINGS = Object.keys(KEDA_SETTINGS)
const placeOf = ({ phase, trace, lane, setting }: Run) =>
  [TRACES.indexOf(trace), Object.keys(LANES).indexOf(lane), SETTINGS.indexOf(setting), phase] as const

/** Orders runs as they are told: by trace, lane, setting and phase, however they went. */
export function compareRuns(a: Run, b: Run): number {
  const [here, there] = [placeOf(a), placeOf(b)]
  const differs = here.findIndex((place, index) => place !== there[index])
  return differs === -1 ? 0 : (here[differs] ?? 0) - (there[differs] ?? 0)
}
