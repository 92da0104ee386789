/** One answer of the waiting room, as a patient saw it. */
export interface Said {
  /** Unix milliseconds. */
  asked: number
  answered: number
  patient: number
  status: string
  /** From 1; 0 when it was not drawn yet. */
  position: number
  /** The wait that was told, seconds; undefined when none was. */
  wait: { from: number; to: number } | undefined
}

/** Reads the fields of a `w` line. */
export function saidIn([, asked, answered, patient, status = '', position, from, to]: string[]): Said {
  const wait = from === undefined || from === '' ? undefined : { from: Number(from), to: Number(to) }
  return {
    ...{ asked: Number(asked), answered: Number(answered), patient: Number(patient) },
    ...{ status, position: Number(position), wait },
  }
}

export interface WaitingReport {
  /** People who came, and who were let in. */
  joined: number
  admitted: number
  /** Times that somebody was kept waiting after one behind was known to have been let in: this must be 0. */
  orderViolations: number
  /** Pairs of people with one place: this must be 0. */
  samePlace: number
  /** From the first ticket to the last letting in; seconds. */
  seconds: number
  /** Longest and middle time from ticket to turn, as the patients found out; seconds. */
  waited: { median: number; longest: number }
  /** Of all the waits told: the share of those within the range, and how far the middle of it was off; seconds. */
  told: { count: number; within: number; medianError: number; medianErrorShare: number }
}

/**
 * What the answers say together. Patients learn of their turn when they ask, so a wait counts as kept when the turn was
 * not known to be before the range and was known by its end, with the pause between two questions granted.
 */
export function waitingReport(said: readonly Said[]): WaitingReport | undefined {
  if (said.length === 0) return undefined
  const byPatient = Map.groupBy(said, ({ patient }) => patient)
  const turns = [...byPatient.values()].map(turnOf).filter((turn) => turn !== undefined)
  const positions = turns.map(({ position }) => position)
  const waits = turns.map(({ joined, admitted }) => (admitted - joined) / 1_000)
  const first = said.reduce((least, { asked }) => Math.min(least, asked), Infinity)
  const last = turns.reduce((most, { admitted }) => Math.max(most, admitted), first)
  return {
    joined: byPatient.size,
    admitted: turns.length,
    orderViolations: orderViolations(said),
    samePlace: positions.length - new Set(positions).size,
    seconds: (last - first) / 1_000,
    waited: { median: middle(waits), longest: most(waits) },
    told: toldWell([...byPatient.values()]),
  }
}

interface Turn {
  joined: number
  /** When the patient was told. */
  admitted: number
  position: number
}

function turnOf(answers: readonly Said[]): Turn | undefined {
  const [first] = answers
  const admitted = answers.find(({ status }) => status === 'admitted')
  if (first === undefined || admitted === undefined) return undefined
  return { joined: first.asked, admitted: admitted.answered, position: admitted.position }
}

/** Somebody asked after one behind had the answer "your turn", and was told to wait. */
function orderViolations(said: readonly Said[]): number {
  const admitted = said.filter(({ status }) => status === 'admitted')
  const answers = admitted.toSorted((a, b) => a.answered - b.answered)
  let [next, furthest, violations] = [0, 0, 0]
  for (const one of said.toSorted((a, b) => a.asked - b.asked)) {
    for (let at = answers[next]; at !== undefined && at.answered <= one.asked; at = answers[++next])
      furthest = Math.max(furthest, at.position)
    if (one.status === 'waiting' && one.position < furthest) violations += 1
  }
  return violations
}

function toldWell(patients: readonly (readonly Said[])[]): WaitingReport['told'] {
  const told = patients.flatMap((answers) => {
    const index = answers.findIndex(({ status }) => status === 'admitted')
    const [turn, before] = [answers[index], answers[index - 1]]
    if (turn === undefined || before === undefined) return []
    // The turn came between two questions.
    return answers.slice(0, index).flatMap(({ status, answered, wait }) => {
      if (wait === undefined || status !== 'waiting') return []
      const [earliest, latest] = [(before.asked - answered) / 1_000, (turn.answered - answered) / 1_000]
      const guess = (wait.from + wait.to) / 2
      const error = Math.max(0, earliest - guess, guess - latest)
      return [
        { isWithin: latest >= wait.from && earliest <= wait.to, error, share: error / Math.max(1, latest) },
      ]
    })
  })
  return {
    count: told.length,
    within: told.length === 0 ? 1 : told.filter(({ isWithin }) => isWithin).length / told.length,
    medianError: middle(told.map(({ error }) => error)),
    medianErrorShare: middle(told.map(({ share }) => share)),
  }
}

const NONE = { joined: 0, admitted: 0, orderViolations: 0, samePlace: 0 }

/** In the waiting room nobody may be lost, passed over or given another's place. */
export function waitingReasons(
  { room, vus }: { room: boolean; vus: number },
  waiting: WaitingReport | undefined,
): string[] {
  if (!room) return []
  const { joined, admitted, orderViolations, samePlace } = waiting ?? NONE
  const faults: [number, string][] = [
    [vus - joined, 'patients got no ticket'],
    [joined - admitted, 'patients with a ticket were not let in'],
    [orderViolations, 'answers were against the order of the line'],
    [samePlace, 'patients had the place of somebody else'],
  ]
  return faults.filter(([times]) => times !== 0).map(([times, words]) => `${times} ${words}`)
}

/** For the last line of a run. */
export function waitingFigures(waiting: WaitingReport | undefined): Record<string, string | number> {
  if (waiting === undefined) return {}
  const { joined, admitted, orderViolations, told, waited } = waiting
  return {
    ...{ joined, admitted, order_violations: orderViolations },
    ...{ waited_p50: `${Math.round(waited.median)}s`, waited_max: `${Math.round(waited.longest)}s` },
    waits_kept: `${Math.round(told.within * 100)}%`,
  }
}

const most = (list: readonly number[]) => list.reduce((max, value) => Math.max(max, value), 0)

function middle(list: readonly number[]): number {
  const sorted = list.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
